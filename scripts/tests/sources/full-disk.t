#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: 6.12
#
# A full disk: a message and exit 3, nothing is damaged, and more space is enough. For
# builds see slow/killed-builds.t.

# Where users may, one who is not root mounts in a namespace of their own.
if (( EUID != 0 )) && unshare --map-root-user --mount true 2> /dev/null; then
	exec unshare --map-root-user --mount "$0"
fi
. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1
"$SCRIPTS/setup" --packages apply -k "$newest" > "$SCRATCH/log" 2>&1 || exit 1
disk=$SCRATCH/disk
mkdir "$disk"
mount -t tmpfs -o size=30m tmpfs "$disk" 2> "$SCRATCH/log" || {
	echo "1..0 # SKIP no tmpfs can be mounted here: $(<"$SCRATCH/log")"
	exit 0
}
trap 'umount "$disk"; rm -rf "$SCRATCH"' EXIT

# Without "ignore", mount repeats the options in its table, and those of a namespace are not its own.
remount() { mount --options-mode ignore -o "remount,$1" "$disk"; }
fill() { head -c 25M /dev/zero > "$disk/filler"; }
tree=$disk/tree
for kind in small_tree git_tree; do
	$kind "$newest" "$tree"
	before=$(fingerprint "$tree")
	fill
	check "$kind: apply: exit 3" refuses 3 "the disk is full" "$SCRIPTS/apply" "$tree"
	check "$kind: the tree is what it was" unchanged "$tree" "$before"
	rm "$disk/filler"
	for spare in 9 60; do
		remount "nr_inodes=$(($(df --output=iused "$disk" | tail -n 1) + spare))"
		check "$kind: apply, and room for $spare files: exit 3" exits 3 "$SCRIPTS/apply" "$tree"
		check "$kind: the tree is what it was" unchanged "$tree" "$before"
	done
	remount nr_inodes=100000
	check "$kind: with more space the same command works" exits 0 "$SCRIPTS/apply" "$tree"
	[[ $kind == git_tree ]] || rm -rf "$tree"
done

mkdir "$disk/out"
fill
check "export: exit 3" refuses 3 "the disk is full" "$SCRIPTS/export" --output "$disk/out" "$tree"
rm "$disk/filler"
check "with more space the same command works" exits 0 "$SCRIPTS/export" --output "$disk/out" "$tree"
rm -rf "$tree" "$disk/out"

check "setup: exit 3" refuses 3 "the disk is full" env HI_CACHE="$disk" "$SCRIPTS/setup" --packages apply -k 6.12
remount size=3g
check "with more space the same command works" exits 0 env HI_CACHE="$disk" "$SCRIPTS/setup" --packages apply -k 6.12
check "the source is there" test -f "$disk/sources/6.12/drivers/misc/Kconfig"
tap_end
