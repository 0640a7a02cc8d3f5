#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot boot-x86_64 inspector demo 6.12 6.1
#
# scripts/demo, on both kernels: what its screen says is what readelf and the guests say.

. "$(dirname "$0")/../lib.sh"

# size_of NAME FILE: of a function, in bytes
size_of() { readelf -sW "$2" | awk -v name="$1" '$4 == "FUNC" && $8 == name { print $3; exit }'; }

newest=$(newest) || exit 1
for kernel in "$newest" 6.12 6.1; do
	options=(-k "$kernel")
	[[ $kernel != "$newest" ]] || options=()
	check "$kernel: demo" exits 0 "$SCRIPTS/demo" "${options[@]}"
	check "$kernel: it says which kernel" said "Linux $kernel, x86_64:"
	module=$CACHE/builds/$kernel-x86_64-modular/drivers/misc/hi/hi.ko
	vmlinux=$CACHE/builds/$kernel-x86_64-builtin/vmlinux
	before=$(stat -c %y "$module" "$vmlinux")
	for name in hi_init hi_exit; do
		section=.${name#hi_}.text
		check "$kernel: $name, where it lies" grep -qE \
			"^$name +$(size_of $name "$module") bytes in $section +$(size_of $name "$vmlinux") bytes in $section$" \
			"$SCRATCH/output"
	done
	check "$kernel: hi_init, what becomes of it" grep -qE '^ +freed after init +freed at boot$' "$SCRATCH/output"
	check "$kernel: hi_exit, what becomes of it" grep -qE '^ +kept for unloading +freed at boot$' "$SCRATCH/output"
	check "$kernel: what was said, as a module and built in" \
		test "$(grep -c '^    \[.*\] hi: module being loaded$' "$SCRATCH/output")" = 2
	check "$kernel: what was said at rmmod" said "hi: module being unloaded"
	check "$kernel: again" exits 0 "$SCRIPTS/demo" "${options[@]}"
	check "$kernel: nothing was built again" test "$(stat -c %y "$module" "$vmlinux")" = "$before"
done

# What is missing is named at once: see fast/setup.t. No step asks for more than the first.
cp -r "$SCRIPTS" "$TOP/patches" "$TOP/series" "$SCRATCH/"
record_setup "$SCRATCH/scripts"
for arch in x86_64 um; do
	check "$arch: demo, where setup notes its calls" exits 0 "$SCRATCH/scripts/demo" -a $arch
	check "$arch: the first names all" asked_at_once "$newest"
	rm "$SCRATCH/asked"
done
tap_end
