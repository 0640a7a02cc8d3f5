#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/matrix: every claim on both kernels in all variants.

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

check "every claim holds or does not apply" exits 0 "$SCRIPTS/matrix" --json "$SCRATCH/results.json" --html "$SCRATCH/matrix.html"
check "16 claims, 6 variants, 2 kernels: every cell is there" is 192 '.cells[]'
check "no cell fails" test "$(cells fails)" = 0
check "what does not apply says why" is 0 '.cells[] | select(.state == "absent" and .reason == "")'
check "what holds has a transcript" is 0 \
	'.cells[] | select(.state == "holds") | select((.experiments | length) == 0 or any(.experiments[]; .transcript == ""))'
for claim in C{1..15} C17; do
	check "$claim holds somewhere on each kernel" is 2 \
		".cells | map(select(.claim == \"$claim\" and .state == \"holds\") | .kernel) | unique[]"
done
tap_end
