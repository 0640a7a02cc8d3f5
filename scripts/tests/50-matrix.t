#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/matrix: every claim on both kernels in all variants, and that it can fail.

. "$(dirname "$0")/lib.sh"

matrix=$SCRIPTS/matrix

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

check "every claim holds or does not apply" exits 0 "$matrix" --json "$SCRATCH/results.json" --html "$SCRATCH/matrix.html"
check "16 claims, 6 variants, 2 kernels: every cell is there" is 192 '.cells[]'
check "no cell fails" test "$(cells fails)" = 0
check "what does not apply says why" is 0 '.cells[] | select(.state == "absent" and .reason == "")'
check "what holds has a transcript" is 0 \
	'.cells[] | select(.state == "holds") | select((.experiments | length) == 0 or any(.experiments[]; .transcript == ""))'
for claim in C{1..15} C17; do
	check "$claim holds somewhere on each kernel" is 2 \
		".cells | map(select(.claim == \"$claim\" and .state == \"holds\") | .kernel) | unique[]"
done

check "no such claim" refuses 2 "unknown claim 'C16'" "$matrix" C16
check "no such mutant" refuses 2 "unknown mutant 'none'" "$matrix" --mutant none
check "a file that cannot be written: exit 3" refuses 3 "cannot write" \
	"$matrix" -k 6.12 -v modular --json /proc/results.json C1

# Claims made false on purpose: by the expectation, and by the driver.
cp -r "$SCRIPTS" "$TOP/patches" "$TOP/series" "$SCRATCH/"
sed -i 's/load("hi", "init_return=-1", -EPERM)/load("hi", "init_return=-1", -EACCES)/' "$SCRATCH/scripts/guest/experiments/failing.c"
check "an expectation that is wrong: exit 1" exits 1 "$SCRATCH/scripts/matrix" -k 6.12 -v modular C3
check "its cell" said "C3    ✗"
check "what was seen" said "loading hi with 'init_return=-1': EPERM, not EACCES"
cp "$SCRIPTS/guest/experiments/failing.c" "$SCRATCH/scripts/guest/experiments/"
sed -i '/{ "main", "C1", UNLOADABLE/s/UNLOADABLE/NOUNLOAD/' "$SCRATCH/scripts/guest/experiments/loading.c"
check "a claim without any experiment: exit 1" exits 1 "$SCRATCH/scripts/matrix" -k 6.12 -v modular C1 C2
check "it says so" said "✗ C1 modular: no experiment looks at it"
cp "$SCRIPTS/guest/experiments/loading.c" "$SCRATCH/scripts/guest/experiments/"
sed -i 's/^int main(int argc, char \*argv\[\])$/&\n{ if (argc == 1) abort(); else\n/; $a }' "$SCRATCH/scripts/guest/experiments/main.c"
check "experiments that never run: exit 1" exits 1 "$SCRATCH/scripts/matrix" -k 6.12 -v modular C1
check "it says so" said "it did not run"
tap_end
