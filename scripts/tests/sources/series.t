#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: 6.12 6.1
#
# The series on what it touches of each kernel: with git am, with quilt as a person would call
# it, with patch; and on a whole kernel with scripts/apply, and out again.

. "$(dirname "$0")/../lib.sh"

# patch_each TREE: the series with patch alone
patch_each() {
	local patch
	while read -r patch; do
		patch -d "$1" -p1 --fuzz=0 < "$TOP/patches/$patch" || return
	done < "$TOP/series"
}

newest=$(newest) || exit 1
for kernel in "$newest" 6.12 6.1; do
	"$SCRIPTS/setup" --packages apply -k "$kernel" || exit 1
	tree=$SCRATCH/$kernel

	git_tree "$kernel" "$tree"
	mapfile -t patches < <(sed "s|^|$TOP/patches/|" "$TOP/series")
	check "$kernel: git am" exits 0 git -C "$tree" am "${patches[@]}"
	rm -rf "$tree"

	small_tree "$kernel" "$tree"
	check "$kernel: quilt push -a" exits 0 env -C "$tree" QUILT_PATCHES="$TOP/patches" QUILT_SERIES="$TOP/series" \
		quilt --quiltrc /dev/null push -a
	check "$kernel: without fuzz" not said fuzz
	[[ $kernel != "$newest" ]] || check "$kernel: without offset" not said offset
	rm -rf "$tree"

	small_tree "$kernel" "$tree"
	check "$kernel: patch --fuzz=0" exits 0 patch_each "$tree"
	check "$kernel: without fuzz" not said fuzz
	[[ $kernel != "$newest" ]] || check "$kernel: without offset" not said offset
	rm -rf "$tree"
done

# A whole kernel: nothing else in it is touched.
tree=$SCRATCH/whole
copy_tree "$CACHE/sources/$newest" "$tree"
check "scripts/apply" exits 0 "$SCRIPTS/apply" "$tree"
check "the driver is there" diff -r "$TOP/drivers-misc-hi" "$tree/drivers/misc/hi"
check "scripts/apply -R" exits 0 "$SCRIPTS/apply" -R "$tree"
check "the tree is byte for byte what it was" diff -r "$CACHE/sources/$newest" "$tree"
tap_end
