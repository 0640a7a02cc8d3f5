#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build
#
# scripts/build: what it builds, that it builds nothing twice, what it says when a
# build cannot work, and that an interrupted one goes on.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1
# A copy of the scripts, to add a variant to.
cp -r "$SCRIPTS" "$TOP/patches" "$TOP/series" "$SCRATCH/"
build=$SCRATCH/scripts/build
clean_up() { rm -rf "$CACHE/builds/$newest-x86_64"-{same,wrong} "$SCRATCH"; }
trap clean_up EXIT
clean_up_builds() { rm -rf "$CACHE/builds/$newest-x86_64"-{same,wrong}; }
clean_up_builds
# The directory in which build is called does not matter.
mkdir "$SCRATCH/a b'c\$d"
cd "$SCRATCH/a b'c\$d" || exit 1

for variant in modular builtin; do
	directory=$("$SCRIPTS/build" -k "$newest" -v "$variant" 2> >(tee "$SCRATCH/progress" >&2))
	check "$variant: it prints the build directory" test "$directory" = "$CACHE/builds/$newest-x86_64-$variant"
	check "$variant: vmlinux is there" test -s "$directory/vmlinux"
	before=$(stat -c %y "$directory/vmlinux")
	check "$variant: again" exits 0 "$SCRIPTS/build" -k "$newest" -v "$variant"
	check "$variant: it says nothing but the directory" test "$(<"$SCRATCH/output")" = "$directory"
	check "$variant: nothing was built again" test "$(stat -c %y "$directory/vmlinux")" = "$before"
done
check "modular has hi.ko" test -s "$CACHE/builds/$newest-x86_64-modular/drivers/misc/hi/hi.ko"
check "builtin has no hi.ko" test ! -e "$CACHE/builds/$newest-x86_64-builtin/drivers/misc/hi/hi.ko"

echo CONFIG_NO_SUCH_SYMBOL=y > "$SCRATCH/scripts/configs/variant/wrong.config"
check "a symbol that does not exist" refuses 2 "CONFIG_NO_SUCH_SYMBOL=y" "$build" -v wrong

check "no such compiler" refuses 3 "no compiler 'nocc'" "$build" CC=nocc
check "a tree without the series" refuses 2 "put the series in with" "$build" -k "$CACHE/sources/$newest"

# An error at the very start, in a tree of the user's.
copy_tree "$CACHE/trees/$newest" "$SCRATCH/tree"
sed -i '1i #error broken on purpose' "$SCRATCH/tree/kernel/bounds.c"
check "a build that fails" exits 1 "$build" -k "$SCRATCH/tree"
check "it ends with the error" said "#error broken on purpose"
mkdir "$SCRATCH/some"
: > "$SCRATCH/some/Makefile"
rm -f "$SCRATCH/tree/drivers/misc/hi-built-in"
check "modules in a tree of the user's" refuses 2 "needs one of Debian's kernels" "$build" -k "$SCRATCH/tree" --built-in "$SCRATCH/some"
check "the tree is as it was" test ! -L "$SCRATCH/tree/drivers/misc/hi-built-in"
rm -rf "$CACHE"/builds/tree-*

# Ctrl-C while it compiles, and the same command again: the result is what a build
# that nobody interrupted gives, which shows too that builds are reproducible.
cp "$SCRIPTS/configs/variant/modular.config" "$SCRATCH/scripts/configs/variant/same.config"
log=$CACHE/builds/$newest-x86_64-same/build.log
env --default-signal=INT setsid "$build" -v same > "$SCRATCH/interrupted" 2>&1 &
child=$!
for (( i = 0; i < 1200; i++ )); do
	if grep -qs '^  [A-Z]' "$log" || ! kill -0 "$child" 2>/dev/null; then
		break
	fi
	sleep 0.1
done
kill -INT -- "-$child"
wait "$child"
status=$?
check "Ctrl-C: exit 130" test "$status" = 130
check "Ctrl-C: no make is left" not pgrep -f "O=$CACHE/builds/$newest-x86_64-same"
check "Ctrl-C: no result is claimed" test ! -e "$CACHE/builds/$newest-x86_64-same/.hi-build"
check "the same command again" exits 0 "$build" -v same
for file in vmlinux drivers/misc/hi/hi.ko; do
	check "$file is byte for byte that of an undisturbed build" \
		cmp "$CACHE/builds/$newest-x86_64-same/$file" "$CACHE/builds/$newest-x86_64-modular/$file"
done

# Killed, it leaves what make takes for finished: here a list of modules that ends before
# the first of them, and is newer than the command that wrote the whole.
same=$CACHE/builds/$newest-x86_64-same
: > "$same/drivers/modules.order"
: > "$same/.hi-building"
rm "$same/.hi-build" "$same/.hi-config" "$same/drivers/misc/hi/hi.ko"
check "after a build that was killed" exits 0 "$build" -v same
check "tinyconfig is not made again" not grep -q tiny "$same/config.log"
check "the fragments were merged into it" grep -q same.config "$same/config.log"
check "hi.ko is there again, the same" cmp "$same/drivers/misc/hi/hi.ko" "$CACHE/builds/$newest-x86_64-modular/drivers/misc/hi/hi.ko"
tap_end
