#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot inspector matrix
#
# Each mutant of the driver that is no race is noticed by an experiment; the driver as it is, by
# none. For the races see slow/smp.t.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1

results=$SCRATCH/results.json
mutants=()
while read -r patch; do
	mutants+=(--mutant "$(basename "$patch" .patch)")
done < <(grep -L '^Variant: ' "$SCRIPTS"/mutants/*.patch)
check "the driver holds, and every mutant is noticed" \
	exits 0 "$SCRIPTS/matrix" -k "$newest" -a "${MUTANTS_ON:-um}" -v modular "${mutants[@]}" --json "$results" --html "$SCRATCH/matrix.html"
check "at least 25 mutants" test "$(jq '.mutants | length' "$results")" -ge 25
for (( i = 1; i < ${#mutants[@]}; i += 2 )); do
	mutant=${mutants[i]}
	# shellcheck disable=SC2016
	check "$mutant: noticed" jq -e --arg mutant "$mutant" \
		'.mutants[] | select(.mutant == $mutant) | .caught_by | length > 0' "$results"
	note "by: $(jq -r --arg mutant "$mutant" '.mutants[] | select(.mutant == $mutant) | .caught_by[0].title' "$results")"
	check "$mutant: the page has it" grep -qF ">$mutant<" "$SCRATCH/matrix.html"
done
tap_end
