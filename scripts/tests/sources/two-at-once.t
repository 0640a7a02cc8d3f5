#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two runs at once on the same thing do not spoil each other: the second waits, and says
# for whom.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1
"$SCRIPTS/setup" --packages apply -k "$newest" > "$SCRATCH/log" 2>&1 || exit 1
tree=$SCRATCH/tree

# at_once COMMAND...: twice; their exit statuses, in order, in $statuses, what they said in
# $SCRATCH/output
at_once() {
	local first second
	"$@" > "$SCRATCH/one" 2>&1 &
	first=$!
	"$@" > "$SCRATCH/two" 2>&1 &
	second=$!
	wait "$first"
	first=$?
	wait "$second"
	statuses=$(printf '%s\n' "$first" "$?" | sort | paste -sd ' ')
	cat "$SCRATCH/one" "$SCRATCH/two" > "$SCRATCH/output"
}

for kind in small_tree git_tree; do
	$kind "$newest" "$tree"
	at_once "$SCRIPTS/apply" "$tree"
	check "$kind: apply twice: one does it" test "$statuses" = "0 2"
	check "$kind: the other says that it is done" said "has the series already"
	check "$kind: all of it" diff -r "$TOP/drivers-misc-hi" "$tree/drivers/misc/hi"
	at_once "$SCRIPTS/apply" -R "$tree"
	check "$kind: apply -R twice: one does it" test "$statuses" = "0 2"
	check "$kind: nothing is left" test ! -e "$tree/drivers/misc/hi" -a ! -e "$tree/.hi"
	rm -rf "$tree"
done

git_tree "$newest" "$tree"
"$SCRIPTS/apply" "$tree" > "$SCRATCH/log" 2>&1
mkdir "$SCRATCH/out"
at_once "$SCRIPTS/export" --output "$SCRATCH/out" "$tree"
check "export twice: both do it" test "$statuses" = "0 0"
for name in patches series drivers-misc-hi Kconfig.snippet; do
	check "export twice: $name" diff -r "$TOP/$name" "$SCRATCH/out/$name"
done

# Somebody who has the lock, and keeps it.
# shellcheck disable=SC2016
bash -c '. "$1/lib.sh"; lock "$(lock_of "$2")"; : > "$3"; sleep 12' hi "$SCRIPTS" "$tree" "$SCRATCH/locked" &
holder=$!
until [[ -e $SCRATCH/locked ]]; do sleep 0.1; done
check "a tree that is locked: apply -R waits" exits 0 "$SCRIPTS/apply" -R "$tree"
check "it says for whom" said "waiting for process $holder, which has"
tap_end
