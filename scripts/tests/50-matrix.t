#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/matrix: every claim on both kernels, in all variants; debug on 6.12 alone, as it
# takes longer to build than all others.

. "$(dirname "$0")/lib.sh"

# is COUNT FILTER: what jq counts in the results
is() {
	local count
	count=$(jq "[$2] | length" "$SCRATCH/results.json")
	[[ $count == "$1" ]] || { echo "$count, not $1"; false; }
}

# join FILE...: the results of several runs as one
join() { jq -s '{cells: map(.cells[])}' "$@" > "$SCRATCH/results.json"; }

# What is to be seen of a build is seen here; the matrix would keep it for when it fails.
for variant in modular forced nounload builtin nomodules debug; do
	"$SCRIPTS/build" -k 6.12 -v $variant > /dev/null
	[[ $variant == debug ]] || "$SCRIPTS/build" -k 6.1 -v $variant > /dev/null
done

check "6.12: every claim holds or does not apply" exits 0 "$SCRIPTS/matrix" -k 6.12 --json "$SCRATCH/6.12.json"
check "6.1: every claim holds or does not apply" exits 0 "$SCRIPTS/matrix" -k 6.1 -v modular -v forced \
	-v nounload -v builtin -v nomodules --json "$SCRATCH/6.1.json"
check "the results are there" join "$SCRATCH/6.12.json" "$SCRATCH/6.1.json"
check "17 claims in 11 kernels: every cell is there" is 187 '.cells[]'
check "no cell fails" is 0 '.cells[] | select(.state == "fails")'
check "what does not apply says why" is 0 '.cells[] | select(.state == "absent" and .reason == "")'
check "what holds has a transcript" is 0 \
	'.cells[] | select(.state == "holds") | select((.experiments | length) == 0 or any(.experiments[]; .transcript == ""))'
for claim in C{1..17}; do
	check "$claim holds somewhere" test "$(jq --arg claim "$claim" \
		'[.cells[] | select(.claim == $claim and .state == "holds")] | length' "$SCRATCH/results.json")" -gt 0
done
tap_end
