#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/apply, on trees that have only the files of a kernel that the series touches.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1
"$SCRIPTS/setup" --packages apply -k "$newest" > "$SCRATCH/log" 2>&1 || exit 1
apply=$SCRIPTS/apply
count=$(wc -l < "$TOP/series")
tree=$SCRATCH/tree

for kind in git quilt; do
	if [[ $kind == git ]]; then git_tree "$newest" "$tree"; else small_tree "$newest" "$tree"; fi
	before=$(fingerprint "$tree")

	check "$kind: -R where the series is not" exits 2 "$apply" -R "$tree"
	check "$kind: nothing changed" unchanged "$tree" "$before"
	check "$kind: apply" exits 0 "$apply" "$tree"
	check "$kind: it says what it did" said "applied $count patches to $tree by $kind"
	check "$kind: the driver is there as in drivers-misc-hi" diff -r "$TOP/drivers-misc-hi" "$tree/drivers/misc/hi"

	applied=$(fingerprint "$tree")
	check "$kind: apply again" refuses 2 "has the series already" "$apply" "$tree"
	check "$kind: nothing changed" unchanged "$tree" "$applied"

	echo "/* mine */" >> "$tree/drivers/misc/hi/hi_main.c"
	changed=$(fingerprint "$tree")
	check "$kind: -R with changes of the user's" refuses 2 "drivers/misc/hi/hi_main.c" "$apply" -R "$tree"
	check "$kind: nothing changed" unchanged "$tree" "$changed"
	sed -i '$d' "$tree/drivers/misc/hi/hi_main.c"

	check "$kind: -R" exits 0 "$apply" -R "$tree"
	check "$kind: the tree is what it was" unchanged "$tree" "$before"

	# A hunk that does not fit: the last file that the series changes is another.
	sed -i '/CONFIG_C2PORT/d' "$tree/drivers/misc/Makefile"
	[[ $kind == quilt ]] || git -C "$tree" commit -qam "another Makefile"
	before=$(fingerprint "$tree")
	check "$kind: a hunk does not fit" refuses 2 "drivers/misc/Makefile" "$apply" "$tree"
	check "$kind: it names the patch" said "$(head -n 1 "$TOP/series") does not fit"
	check "$kind: nothing changed" unchanged "$tree" "$before"
	rm -rf "$tree"
done

git_tree "$newest" "$tree"
echo >> "$tree/MAINTAINERS"
before=$(fingerprint "$tree")
check "git: a dirty tree" refuses 2 "is dirty" "$apply" "$tree"
check "git: it names the file" said "MAINTAINERS"
check "git: nothing changed" unchanged "$tree" "$before"
git -C "$tree" checkout -q MAINTAINERS

check "git: apply" exits 0 "$apply" "$tree"
git -C "$tree" commit -q --allow-empty -m "work on top"
before=$(fingerprint "$tree")
check "git: -R with commits on top" refuses 2 "are not the series" "$apply" -R "$tree"
check "git: nothing changed" unchanged "$tree" "$before"
git -C "$tree" reset -q --hard HEAD^
check "git: -R" exits 0 "$apply" -R "$tree"

mkdir "$tree/drivers/misc/hi"
echo "mine" > "$tree/drivers/misc/hi/hi_main.c"
before=$(fingerprint "$tree")
check "git: a file of the user's in the way" refuses 2 "hi_main.c" "$apply" "$tree"
check "git: nothing changed" unchanged "$tree" "$before"
rm -r "$tree/drivers/misc/hi"

# What a killed run leaves: the mark, a lock, and some of the files.
before=$(fingerprint "$tree")
git_half_way() {
	local base
	base=$(git -C "$tree" rev-parse HEAD)
	"$apply" "$tree" && echo "$base $(git -C "$tree" rev-parse HEAD)" > "$tree/.git/hi-apply" &&
		git -C "$tree" reset -q "$base" && git -C "$tree" checkout -q MAINTAINERS &&
		rm "$tree/drivers/misc/hi/hi_main.c" && : > "$tree/.git/index.lock"
}
check "git: half way" git_half_way
check "git: an interrupted run is undone, and the series goes in" exits 0 "$apply" "$tree"
check "git: all of it" diff -r "$TOP/drivers-misc-hi" "$tree/drivers/misc/hi"
check "git: -R" exits 0 "$apply" -R "$tree"
check "git: half way" git_half_way
check "git: -R of an interrupted run" exits 0 "$apply" -R "$tree"
check "git: the tree is what it was" unchanged "$tree" "$before"
git_am_stops() {
	sed -e 's/^+hi-y/-hi-y/' "$TOP/patches/$(head -n 1 "$TOP/series")" > "$SCRATCH/broken.patch"
	git -C "$tree" am "$SCRATCH/broken.patch" > /dev/null 2>&1
	test -d "$tree/.git/rebase-apply"
}
check "git am of the user's stops" git_am_stops
check "git: it is left alone" refuses 2 "in the middle of" "$apply" "$tree"
git -C "$tree" am --abort
check "git: apply" exits 0 "$apply" "$tree"
check "git: -R" exits 0 "$apply" -R "$tree"
check "git: the tree is what it was" unchanged "$tree" "$before"
check "git: nobody to commit as" refuses 2 "user.name" \
	env HOME="$SCRATCH" XDG_CONFIG_HOME="$SCRATCH" GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0="" \
	GIT_CONFIG_KEY_1=user.useConfigOnly GIT_CONFIG_VALUE_1=true "$apply" "$tree"
rm -rf "$tree"

# Killed half way: the record is incomplete, one file is missing, one is as it was.
small_tree "$newest" "$tree"
before=$(fingerprint "$tree")
quilt_half_way() {
	: > "$tree/.hi/incomplete"
	rm "$tree/drivers/misc/hi/hi_main.c"
	cp "$CACHE/sources/$newest/MAINTAINERS" "$tree/MAINTAINERS"
}
check "quilt: apply" exits 0 "$apply" "$tree"
check "quilt: half way" quilt_half_way
check "quilt: an interrupted run is undone, and the series goes in" exits 0 "$apply" "$tree"
check "quilt: all of it" diff -r "$TOP/drivers-misc-hi" "$tree/drivers/misc/hi"
check "quilt: half way" quilt_half_way
check "quilt: -R of an interrupted run" exits 0 "$apply" -R "$tree"
check "quilt: the tree is what it was" unchanged "$tree" "$before"
mkdir "$tree/.hi-new"
check "quilt: -R where a killed run left a part of its record" exits 0 "$apply" -R "$tree"
check "quilt: the tree is what it was" unchanged "$tree" "$before"

check "quilt: apply" exits 0 "$apply" "$tree"
check "quilt: its record is quilt's own" exits 0 env -C "$tree" QUILT_PATCHES=.hi/patches QUILT_PC=.hi/pc \
	quilt --quiltrc /dev/null applied
check "quilt: it names the patches" said "$(head -n 1 "$TOP/series")"
check "quilt: -R" exits 0 "$apply" -R "$tree"

# A person's own quilt stack stays as it is.
mkdir "$tree/patches"
own_quilt() { (cd "$tree" && unset QUILT_PATCHES QUILT_PC && quilt new own.patch && quilt add Kconfig && echo >> Kconfig && quilt refresh) 2>&1; }
check "quilt: a stack of the user's" own_quilt
before=$(fingerprint "$tree")
check "quilt: apply over it" exits 0 "$apply" "$tree"
check "quilt: -R" exits 0 "$apply" -R "$tree"
check "quilt: the stack is what it was" unchanged "$tree" "$before"
tap_end
