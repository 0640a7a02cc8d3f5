#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector fuzz
#
# Hostile input: AFL++ on all that reads a file, with address and undefined-behaviour
# sanitizers, for SECONDS_TO_FUZZ (60), from the small files that fuzz/seeds makes.

# shellcheck source=/dev/null disable=SC2154
. "$(dirname "$0")/../inspector-lib.sh"

"$SCRIPTS/setup" --packages fuzz || {
	echo "1..0 # SKIP no AFL++"
	exit 0
}
make -s -C "$SCRIPTS/inspector" O="$SCRATCH" "$SCRATCH/fuzz" >"$SCRATCH/log" 2>&1 || {
	cat "$SCRATCH/log" >&2
	give_up "the harness cannot be built"
}
"$SCRIPTS/inspector/fuzz/seeds" "$SCRATCH/seeds" 2>/dev/null

# afl-fuzz asks for changes of the machine, which a container cannot make. The first three variables
# skip these checks.
AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 \
	afl-fuzz -i "$SCRATCH/seeds" -o "$SCRATCH/out" -m none -t 2000 -V "${SECONDS_TO_FUZZ:-60}" -- "$SCRATCH/fuzz" >"$SCRATCH/log" 2>&1
check "afl-fuzz ran" is "$?" 0

figure() { awk -v key="$1" '$1 == key { print $3 }' "$SCRATCH/out/default/fuzzer_stats"; }

check "$(figure execs_done) inputs, $(figure edges_found) branches" test "$(figure execs_done)" -gt 1000
check "no crash, no read outside the file, no undefined behaviour" is "$(figure saved_crashes)" 0
check "no hang" is "$(figure saved_hangs)" 0
for input in "$SCRATCH"/out/default/{crashes,hangs}/id*; do
	[ ! -e "$input" ] || echo "# $(base64 -w0 "$input")"
done
tap_end
