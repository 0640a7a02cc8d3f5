#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot inspector
#
# All lines of the driver are run by its tests, and 90 % of the inspector's by theirs.

. "$(dirname "$0")/../lib.sh"

check "scripts/test --coverage" exits 0 "$SCRIPTS/test" --coverage
note "$(grep -A 100 '^The driver' "$SCRATCH/output")"
tap_end
