#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/apply and scripts/export with paths of all kinds, with bad arguments, and on trees
# that have a part of the series.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1
"$SCRIPTS/setup" --packages apply -k "$newest" > "$SCRATCH/log" 2>&1 || exit 1
count=$(wc -l < "$TOP/series")
git_tree "$newest" "$SCRATCH/git"
small_tree "$newest" "$SCRATCH/quilt"
mkdir "$SCRATCH/empty"

# --- paths: the clone, the cache, HOME, TMPDIR and TREE below one directory

# everywhere DIRECTORY
everywhere() {
	local clone=$1/clone kind tree before run
	mkdir -p "$clone" "$1/cache" "$1/tmp" &&
		cp -r "$TOP"/{scripts,patches,series,drivers-misc-hi,Kconfig.snippet} "$clone" || return
	run=(env HI_CACHE="$1/cache" HOME="$1" TMPDIR="$1/tmp")
	for kind in git quilt; do
		tree=$1/$kind
		cp -a "$SCRATCH/$kind" "$tree"
		before=$(fingerprint "$tree")
		exits 0 "${run[@]}" "$clone/scripts/apply" "$tree" &&
			diff -r "$TOP/drivers-misc-hi" "$tree/drivers/misc/hi" || return
		if [[ $kind == git ]]; then
			exits 0 "${run[@]}" "$clone/scripts/export" "$tree" && diff -r "$TOP/patches" "$clone/patches" || return
		fi
		exits 0 "${run[@]}" "$clone/scripts/apply" -R "$tree" && unchanged "$tree" "$before" || return
	done
}

# All at once; if that fails, tries each alone, to name those that matter.
awkward() {
	local all=$'a b\'c$d|e&f\\g\nh é' name
	everywhere "$SCRATCH/$all" && return
	for name in " " "|" "&" "\\" "'" "\$" $'\n' é; do
		everywhere "$SCRATCH/a${name}b" > /dev/null 2>&1 || echo "fails below a directory $(printf %q "a${name}b")"
	done
	false
}
check "below a directory whose name has a space, a newline, | & \\ ' \$ é" awkward
relative() {
	cp -a "$SCRATCH/quilt" "$SCRATCH/-tree" && exits 0 env -C "$SCRATCH" "$SCRIPTS/apply" -- -tree &&
		exits 0 env -C "$SCRATCH" "$SCRIPTS/apply" -R -- -tree
}
check "a TREE that begins with -" relative
mkdir "$SCRATCH/newline"$'\n'
cp -a "$SCRATCH/quilt/." "$SCRATCH/newline"$'\n'
check "a TREE that ends in a newline" refuses 2 "newline" "$SCRIPTS/apply" "$SCRATCH/newline"$'\n'
check "no directory TMPDIR" refuses 3 "TMPDIR is /nonexistent" env TMPDIR=/nonexistent "$SCRIPTS/apply" "$SCRATCH/quilt"

# --- arguments: STATUS, WHAT IS SAID, the command

while IFS=: read -r status text script arguments; do
	eval "arguments=($arguments)"
	check "$script ${arguments[*]@Q}: exit $status" refuses "$status" "$text" "$SCRIPTS/$script" "${arguments[@]}"
done <<'END'
2:no TREE given:apply:
2:no TREE given:apply:--
2:no TREE given:apply:''
2:one TREE:apply:'' "$SCRATCH/quilt"
2:one TREE:apply:"$SCRATCH/quilt" ''
2:no directory './-R':apply:-- -R
2:unknown option '-x':apply:-x
2:no TREE given:export:
2:no TREE given:export:''
2:--base needs a value:export:--base '' "$SCRATCH/git"
2:--base needs a value:export:--base
2:--output needs a value:export:--output '' "$SCRATCH/git"
2:one TREE:export:'' "$SCRATCH/git"
2:no commit '--help':export:--base --help --output "$SCRATCH/empty" "$SCRATCH/git"
2:is no git tree:export:--output "$SCRATCH/empty" "$SCRATCH/quilt"
END
to_full() { "$1" --help > /dev/full; }
check "apply --help > /dev/full: exit 3" exits 3 to_full "$SCRIPTS/apply"
check "export --help > /dev/full: exit 3" exits 3 to_full "$SCRIPTS/export"

# --- a part of the series

tree=$SCRATCH/git
before=$(fingerprint "$tree")
mapfile -t patches < <(head -n 3 "$TOP/series")
check "git: the first three patches" git -C "$tree" am -q "${patches[@]/#/$TOP/patches/}"
check "git: apply says what to do" refuses 2 "first 3 of $count patches; take them out with 'apply -R'" "$SCRIPTS/apply" "$tree"
check "git: that works" exits 0 "$SCRIPTS/apply" -R "$tree"
check "git: the tree is what it was" unchanged "$tree" "$before"
git -C "$tree" am -q "${patches[@]/#/$TOP/patches/}"
git -C "$tree" commit -q --allow-empty -m "work on top"
check "git: with a commit on top" refuses 2 "git log -- drivers/misc/hi" "$SCRIPTS/apply" "$tree"
git -C "$tree" reset -q --hard HEAD~4
mkdir "$tree/drivers/misc/hi"
: > "$tree/drivers/misc/hi/hi_main.o"
check "git: what a build left does not matter" exits 0 "$SCRIPTS/apply" "$tree"
check "git: -R" exits 0 "$SCRIPTS/apply" -R "$tree"

tree=$SCRATCH/quilt
before=$(fingerprint "$tree")
"$SCRIPTS/apply" "$tree" > "$SCRATCH/log" 2>&1
check "quilt: pop by hand to the first three patches" exits 0 env -C "$tree" QUILT_PATCHES=.hi/patches QUILT_PC=.hi/pc \
	quilt --quiltrc /dev/null pop "${patches[2]}"
check "quilt: apply says what to do" refuses 2 "take it out with 'apply -R'" "$SCRIPTS/apply" "$tree"
check "quilt: that works" exits 0 "$SCRIPTS/apply" -R "$tree"
check "quilt: the tree is what it was" unchanged "$tree" "$before"
for patch in "${patches[@]}"; do patch -s -d "$tree" -p1 < "$TOP/patches/$patch"; done
check "patch: apply says what to do" refuses 2 "patch -R" "$SCRIPTS/apply" "$tree"
for patch in "${patches[2]}" "${patches[1]}" "${patches[0]}"; do patch -s -R -d "$tree" -p1 < "$TOP/patches/$patch"; done
check "patch: that works" exits 0 "$SCRIPTS/apply" "$tree"
tap_end
