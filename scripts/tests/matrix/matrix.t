#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot boot-x86_64 inspector matrix 6.12 6.1
#
# scripts/matrix: every claim on all kernels: on um, which is built and booted fast, in all
# variants of the newest one, on x86_64 as a module and built in. ALL=1 in the environment:
# on x86_64 in all variants of all kernels.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1
cells=0

# proves KERNEL ARCH VARIANT...: the matrix holds, in $SCRATCH/KERNEL-ARCH.json
proves() {
	local kernel=$1 arch=$2 variant options=()
	shift 2
	for variant; do
		# What is to be seen of a build is seen here; the matrix would keep it for when it fails.
		"$SCRIPTS/build" -k "$kernel" -a "$arch" -v "$variant" > /dev/null
		options+=(-v "$variant")
		cells=$((cells + 18))
	done
	check "$kernel, $arch: every claim holds or does not apply" exits 0 "$SCRIPTS/matrix" -k "$kernel" -a "$arch" \
		"${options[@]}" --json "$SCRATCH/$kernel-$arch.json"
}

# is COUNT FILTER: what jq counts in the results
is() {
	local count
	count=$(jq "[$2] | length" "$SCRATCH/results.json")
	[[ $count == "$1" ]] || { echo "$count, not $1"; false; }
}

all=(modular forced nounload builtin nomodules debug)
proves "$newest" um "${all[@]}"
for kernel in "$newest" 6.12 6.1; do
	if [[ ${ALL-} ]]; then
		proves "$kernel" x86_64 "${all[@]}"
	else
		proves "$kernel" x86_64 modular builtin
	fi
done
jq -s '{cells: map(.cells[])}' "$SCRATCH"/*.json > "$SCRATCH/results.json"
check "18 claims in each kernel and variant: every cell is there" is "$cells" '.cells[]'
check "no cell fails" is 0 '.cells[] | select(.state == "fails")'
check "what does not apply says why" is 0 '.cells[] | select(.state == "absent" and .reason == "")'
check "what holds has a transcript" is 0 \
	'.cells[] | select(.state == "holds") | select((.experiments | length) == 0 or any(.experiments[]; .transcript == ""))'
for claim in C{1..18}; do
	check "$claim holds somewhere" test "$(jq --arg claim "$claim" \
		'[.cells[] | select(.claim == $claim and .state == "holds")] | length' "$SCRATCH/results.json")" -gt 0
done
# What changed since some kernel is asked of kernels on both sides.
jq -r '.cells[].experiments[].transcript' "$SCRATCH/results.json" > "$SCRATCH/transcripts"
for change in shared-load eexist positive; do
	text=$(awk -F '\t' -v name=$change '$3 == name { print $2 ": " $4 }' "$SCRIPTS/claims")
	check "$change: a kernel since then" grep -qF "since $text" "$SCRATCH/transcripts"
	check "$change: a kernel before" grep -qF "before $text" "$SCRATCH/transcripts"
done
tap_end
