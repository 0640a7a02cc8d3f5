#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot
#
# scripts/build and scripts/boot killed at random moments, HI_KILLS times each (10): the
# next run succeeds, with the very result of one that nobody killed. And a full disk.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1

kills=${HI_KILLS:-10}
seed
"$SCRIPTS/build" -a um > /dev/null || exit 1

# A cache of its own, with a tree that the builds make anew and change.
own=$CACHE/killed
rm -rf "$own"
trap 'rm -rf "$own" "$SCRATCH"' EXIT
mkdir -p "$own/sources" "$own/builds"
cp -al "$CACHE/sources/$newest" "$CACHE/sources/$newest.version" "$own/sources"
ln -s "$CACHE/ccache" "$own/ccache"
own_build() { env HI_CACHE="$own" "$SCRIPTS/build" -a um; }
built=$own/builds/$newest-um-modular
own_build > "$SCRATCH/log" 2>&1
check "a build to compare with" test -s "$built/linux"
cp "$built/linux" "$built/drivers/misc/hi/hi.ko" "$SCRATCH"

# Something to do for the next build, by what is to be made anew.
make_work() {
	case $1 in
	tree)		rm -rf "$own/trees" ;;
	configuration)	rm -f "$built/.hi-config" "$built/.hi-build" ;;
	everything)	rm -rf "$built" ;;
	driver)		touch "$own/trees/$newest/drivers/misc/hi/hi_main.c"; rm -f "$built/.hi-build" ;;
	esac
}

same_result() {
	exits 0 own_build && cmp "$SCRATCH/linux" "$built/linux" && cmp "$SCRATCH/hi.ko" "$built/drivers/misc/hi/hi.ko" &&
		diff -r "$TOP/drivers-misc-hi" "$own/trees/$newest/drivers/misc/hi" -x '*.o' > /dev/null
}

# Those that take less time are killed more often.
builds_killed() {
	local i work interrupted=0 works=(tree configuration configuration everything driver driver driver driver)
	local -A took
	for work in tree configuration everything driver; do
		make_work $work
		took[$work]=$(milliseconds own_build)
		note "build makes anew the $work: ${took[$work]} ms"
	done
	for (( i = 0; interrupted < kills && i < 4 * kills; i++ )); do
		(( i % 5 )) || note "build was killed $interrupted times"
		work=${works[RANDOM % 8]}
		make_work "$work"
		kill_within "${took[$work]}" env HI_CACHE="$own" "$SCRIPTS/build" -a um && (( ++interrupted ))
		same_result > "$SCRATCH/log" 2>&1 || break
	done
	check "build: killed $interrupted times in $i runs, the next run's result is the same" \
		nothing_wrong "$interrupted"
}

nothing_wrong() { cat "$SCRATCH/log"; (( $1 == kills )); }

boots_killed() {
	local i interrupted=0 took boot=("$SCRIPTS/boot" -a um hi_load_test)
	took=$(milliseconds "${boot[@]}")
	note "boot takes $took ms"
	for (( i = 0; interrupted < kills && i < 4 * kills; i++ )); do
		kill_within "$took" "${boot[@]}" && (( ++interrupted ))
		exits 0 "${boot[@]}" > "$SCRATCH/log" || break
	done
	check "boot: killed $interrupted times in $i runs, the next run succeeds" nothing_wrong "$interrupted"
	touch -d "2 minutes ago" "$CACHE/builds/$newest-um-modular"/boot.??????
	exits 0 "${boot[@]}" > "$SCRATCH/log"
	check "boot: nothing is left of those that were killed" not compgen -G "$CACHE/builds/$newest-um-modular/boot.??????"
}

# A cache that is too small, and then is not.
full_disk() {
	local small=$SCRATCH/small build=("$SCRIPTS/build" -a um -k "$CACHE/trees/$newest")
	mkdir "$small"
	mount -t tmpfs -o size=20m tmpfs "$small" 2> "$SCRATCH/log" || {
		check "a full disk # SKIP no tmpfs can be mounted here: $(<"$SCRATCH/log")" true
		return
	}
	ln -s "$CACHE/ccache" "$small/ccache"
	check "a disk that is full: exit 3" refuses 3 "the disk is full" env HI_CACHE="$small" "${build[@]}"
	mount -o remount,size=1g "$small"
	check "with more space the same command works" exits 0 env HI_CACHE="$small" "${build[@]}"
	check "and leaves a kernel" compgen -G "$small/builds/$newest-*-um-modular/linux"
	umount "$small"
}

builds_killed
boots_killed
full_disk
tap_end
