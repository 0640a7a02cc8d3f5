#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/matrix: every claim, on 6.12 in five variants, on 6.1 as a module and built in.

. "$(dirname "$0")/lib.sh"

# cells STATE [KERNEL VARIANT]: how many cells of the results are so
cells() {
	jq --arg state "$1" --arg kernel "${2-}" --arg variant "${3-}" \
		'[.cells[] | select(.state == $state and ($kernel == "" or .kernel == $kernel) and
			($variant == "" or .variant == $variant))] | length' "$SCRATCH/results.json"
}

# is COUNT FILTER: what jq counts in the results
is() {
	local count
	count=$(jq "[$2] | length" "$SCRATCH/results.json")
	[[ $count == "$1" ]] || { echo "$count, not $1"; false; }
}

# join FILE...: the results of several runs as one
join() { jq -s '{cells: map(.cells[])}' "$@" > "$SCRATCH/results.json"; }

check "6.12: every claim holds or does not apply" exits 0 "$SCRIPTS/matrix" -k 6.12 -v modular -v forced \
	-v nounload -v builtin -v nomodules --json "$SCRATCH/6.12.json"
check "6.1: every claim holds or does not apply" exits 0 "$SCRIPTS/matrix" -k 6.1 -v modular -v builtin \
	--json "$SCRATCH/6.1.json"
check "the results are there" join "$SCRATCH/6.12.json" "$SCRATCH/6.1.json"
check "16 claims in 7 kernels: every cell is there" is 112 '.cells[]'
check "no cell fails" test "$(cells fails)" = 0
check "what does not apply says why" is 0 '.cells[] | select(.state == "absent" and .reason == "")'
check "what holds has a transcript" is 0 \
	'.cells[] | select(.state == "holds") | select((.experiments | length) == 0 or any(.experiments[]; .transcript == ""))'
for claim in C{1..15} C17; do
	check "$claim holds somewhere" test "$(jq --arg claim "$claim" \
		'[.cells[] | select(.claim == $claim and .state == "holds")] | length' "$SCRATCH/results.json")" -gt 0
done
tap_end
