#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot boot-x86_64 inspector matrix
#
# Each bug of Linux in found/: vet finds it in the kernel's source, the patch applies to that source
# without fuzz, and vet finds nothing in the patched module, or in a module on the patched kernel.

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

# in_module BUG KERNEL: checks a bug in a module. It is built from copies of its source
in_module() {
	local source copies="$SCRATCH/$number"
	source=$(field Source "$1")
	copy "$2" "$source" "$copies/as-it-is"
	copy "$2" "$source" "$copies/patched"
	check "$name: vet finds the bug" fails "${vet[@]}" -k "$2" "$(module "$source" "$copies/as-it-is")"
	check "$name: the patch applies" patch -d "$copies/patched" -p1 --fuzz=0 -i "$1"
	check "$name: vet finds nothing in the patched module" exits 0 "${vet[@]}" -k "$2" "$(module "$source" "$copies/patched")"
}

# in_kernel BUG KERNEL: checks a bug in code that is built in. The patched kernels are built from one copy
# of the tree, one after the other. The build's name begins with the copy's, which no tree of the user has
in_kernel() {
	local symbol tree
	tree=$SCRATCH/$(basename "$SCRATCH")-$2
	symbol=$(field Module "$1" | sed 's/.*(\(.*\))/\1/')
	check "$name: vet finds the bug" fails "${vet[@]}" -k "$2" "$symbol"
	[[ -d $tree ]] || cp -r "$CACHE/trees/$2" "$tree"
	check "$name: the patch applies" patch -d "$tree" -p1 --fuzz=0 -i "$1"
	check "$name: vet finds nothing on the patched kernel" exits 0 "${vet[@]}" -k "$tree" "$symbol"
	check "$name: the patch can be taken back" patch -d "$tree" -p1 --fuzz=0 -R -i "$1"
}

number=0
for bug in "$SCRIPTS"/found/*.patch; do
	for kernel in $(field Kernels "$bug"); do
		"$SCRIPTS/setup" -k "$kernel" || exit 1
		for case in $(field Case "$bug"); do
			number=$((number + 1))
			name="$(basename "$bug"), $kernel, $case"
			vet=("$SCRIPTS/vet" --config "$SCRIPTS/found/config" --only "$case")
			parameters=$(field Parameters "$bug")
			[[ -z $parameters ]] || vet+=(--parameters "$parameters")
			if [[ $(field Built-in "$bug") ]]; then
				in_kernel "$bug" "$kernel"
			else
				in_module "$bug" "$kernel"
			fi
		done
	done
done
check "there are bugs" test "$number" -gt 0
rm -rf "$CACHE/builds/$(basename "$SCRATCH")-"*

tap_end
