#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot boot-x86_64 inspector matrix
#
# scripts/vet notices the mutants of the driver without knowing the driver. It cannot notice those in
# the table below: they do what a module may do, or break nothing that is loaded or unloaded.

. "$(dirname "$0")/../lib.sh"

declare -A unknown=(
	[error-replaced]="init may return any errno"
	[exit-is-silent]="a module need not say anything"
	[parameter-unseen]="a parameter may be unseen"
	[wake-up-before-record]="readers wait longer than they should, which no kernel knows"
)

# module_of PATCH: prints the name of the module whose source the mutant changes
module_of() {
	case $(sed -n 's|^+++ b/drivers/misc/hi/||p' "$1" | head -n 1) in
	hi_main.c | hi_log.c | hi_log.h)	echo hi ;;
	*)	sed -n 's|^+++ b/drivers/misc/hi/\(.*\)\.c$|\1|p' "$1" | head -n 1 ;;
	esac
}

# mutate NAME: its module alone, in $SCRATCH/NAME
mutate() {
	local patch=$SCRIPTS/mutants/$1.patch
	cp -r "$TOP/drivers-misc-hi" "$SCRATCH/$1"
	rm -r "$SCRATCH/$1/tests"
	patch -s -d "$SCRATCH/$1" -p4 -F0 -i "$patch" || return
	{ echo "obj-m := $(module_of "$patch").o"; grep '^hi-y' "$SCRATCH/$1/Makefile"; } > "$SCRATCH/$1/Kbuild"
}

# noticed NAME: some experiment fails, and not only because a module cannot be built
noticed() {
	local status=0
	mutate "$1" || return
	"$SCRIPTS/vet" --fail-fast --permanent hi_permanent "$SCRATCH/$1" > "$SCRATCH/output" 2>&1 || status=$?
	[[ $status == [15] ]] && grep -q '^✗' "$SCRATCH/output"
}

for patch in "$SCRIPTS"/mutants/*.patch; do
	name=$(basename "$patch" .patch)
	if [[ ${unknown[$name]-} ]]; then
		check "$name: not noticed, for ${unknown[$name]}" not noticed "$name"
	else
		check "$name: noticed" noticed "$name"
	fi
	sed -n '/^✗/,/expected/p' "$SCRATCH/output" | head -n 4 | sed 's/^/# /'
done
tap_end
