#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot boot-x86_64 inspector matrix
#
# On an emulated machine too kmemleak finds nothing: after all experiments, and after each
# point of a load has failed in turn with kmemleak on.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1

"$SCRIPTS/build" -v debug > /dev/null || exit 1
check "debug, --long: the claims hold" exits 0 "$SCRIPTS/matrix" -k "$newest" -v debug --long --json "$SCRATCH/results.json" C2 C5
seen() { jq -r '[.cells[].experiments[] | select(.title | startswith("kmemleak finds nothing")) | .title] | unique | length' "$SCRATCH/results.json"; }
check "kmemleak was asked twice" test "$(seen)" = 2
tap_end
