#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot boot-x86_64 inspector matrix
#
# Each bug of Linux in found/: vet finds it in the kernel's source, the patch applies to that source
# without fuzz, and vet finds nothing in the patched module.

. "$(dirname "$0")/../lib.sh"

# field NAME FILE: the words of a line "NAME: WORDS"
field() { sed -n "s/^$1: //p" "$2"; }

# copy KERNEL SOURCE DIRECTORY: a module's source at its place in a tree. SOURCE is a directory with a
# makefile, or the one file of a module.
copy() {
	mkdir -p "$3/$(dirname "$2")"
	cp -r "$CACHE/sources/$1/$2" "$3/$2"
}

# module SOURCE DIRECTORY: prints what vet takes
module() {
	local name
	if [[ -d $2/$1 ]]; then
		echo "$2/$1"
		return
	fi
	name=$(basename "$1" .c)
	echo "obj-m := $name.o" > "$2/$(dirname "$1")/Kbuild"
	echo "$2/$(dirname "$1")"
}

# fails COMMAND...: vet says that a case fails, or that the guest panicked
fails() {
	local status=0
	"$@" > "$SCRATCH/output" 2>&1 < /dev/null || status=$?
	[[ $status == 1 || $status == 5 ]] && said "cases fail"
}

number=0
for bug in "$SCRIPTS"/found/*.patch; do
	source=$(field Source "$bug") case=$(field Case "$bug")
	for kernel in $(field Kernels "$bug"); do
		number=$((number + 1))
		name="$(basename "$bug"), $kernel"
		vet=("$SCRIPTS/vet" -k "$kernel" --config "$SCRIPTS/found/config" --only "$case")
		"$SCRIPTS/setup" -k "$kernel" || exit 1
		copy "$kernel" "$source" "$SCRATCH/$number/as-it-is"
		copy "$kernel" "$source" "$SCRATCH/$number/patched"
		check "$name: vet finds the bug" fails "${vet[@]}" "$(module "$source" "$SCRATCH/$number/as-it-is")"
		check "$name: the patch applies" patch -d "$SCRATCH/$number/patched" -p1 --fuzz=0 -i "$bug"
		check "$name: vet finds nothing in the patched module" exits 0 "${vet[@]}" "$(module "$source" "$SCRATCH/$number/patched")"
	done
done
check "there are bugs" test "$number" -gt 0

tap_end
