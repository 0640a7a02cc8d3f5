#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/export, and that what it wrote last agrees with itself: from a tree with the
# series it writes the very bytes that are in the repository.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1
"$SCRIPTS/setup" --packages apply -k "$newest" > "$SCRATCH/log" 2>&1 || exit 1
export=$SCRIPTS/export
tree=$SCRATCH/tree
git_tree "$newest" "$tree"
mkdir "$SCRATCH/out"

check "no commits of the series" refuses 2 "no commit in $tree touches drivers/misc/hi" "$export" --output "$SCRATCH/out" "$tree"
"$SCRIPTS/apply" "$tree" > "$SCRATCH/log" 2>&1
check "export" exits 0 "$export" --output "$SCRATCH/out" "$tree"
for name in patches series drivers-misc-hi Kconfig.snippet; do
	check "$name is what the commits say" diff -r "$TOP/$name" "$SCRATCH/out/$name"
done
check "nothing else is written" test "$(find "$SCRATCH/out" -mindepth 1 -maxdepth 1 | wc -l)" = 4

before=$(fingerprint "$SCRATCH/out")
echo >> "$tree/drivers/misc/hi/Kconfig"
check "a change that is in no commit" refuses 2 "drivers/misc/hi/Kconfig" "$export" --output "$SCRATCH/out" "$tree"
git -C "$tree" checkout -q .
touch "$tree/drivers/misc/hi/hi_new.c"
check "a file that git does not know" refuses 2 "hi_new.c" "$export" --output "$SCRATCH/out" "$tree"
rm "$tree/drivers/misc/hi/hi_new.c"
check "a base that is no commit" refuses 2 "no commit 'nowhere'" "$export" --base nowhere --output "$SCRATCH/out" "$tree"
check "nowhere to write" refuses 2 "no directory" "$export" --output "$SCRATCH/nothing" "$tree"
git -C "$tree" checkout -q --detach
check "on no branch" refuses 2 "is on no branch" "$export" --output "$SCRATCH/out" "$tree"
git -C "$tree" checkout -q main
check "nothing was written by any of these" unchanged "$SCRATCH/out" "$before"

git -C "$tree" config branch.main.description $'misc: hi: another subject\n\nAnother text.'
check "export with a branch description" exits 0 "$export" --output "$SCRATCH/out" "$tree"
check "it is the subject of the cover letter" grep -q '^Subject: .* misc: hi: another subject' "$SCRATCH/out/patches/0000-cover-letter.patch"
check "and its text" grep -qx 'Another text.' "$SCRATCH/out/patches/0000-cover-letter.patch"
tap_end
