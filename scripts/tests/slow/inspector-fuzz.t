#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector fuzz
#
# Hostile input: AFL++ on all that reads a file, with address and undefined-behaviour
# sanitizers, for SECONDS_TO_FUZZ (60), from the small files that fuzz/seeds makes.

# shellcheck source=/dev/null disable=SC2154
. "$(dirname "$0")/../inspector-lib.sh"

"$scripts/setup" --packages fuzz || {
	echo "1..0 # SKIP no AFL++"
	exit 0
}
make -s -C "$scripts/inspector" O="$tmp" "$tmp/fuzz" >"$tmp/log" 2>&1 || {
	cat "$tmp/log" >&2
	echo "not ok 1 - the harness cannot be built"
	echo "1..1"
	exit 1
}
"$scripts/inspector/fuzz/seeds" "$tmp/seeds" 2>/dev/null

# The first three: as it is, in a container too, where nobody can change the machine.
AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 \
	afl-fuzz -i "$tmp/seeds" -o "$tmp/out" -m none -t 2000 -V "${SECONDS_TO_FUZZ:-60}" -- "$tmp/fuzz" >"$tmp/log" 2>&1
is "$?" 0 "afl-fuzz ran"

figure() { awk -v key="$1" '$1 == key { print $3 }' "$tmp/out/default/fuzzer_stats"; }

enough=0
[ "$(figure execs_done)" -gt 1000 ] || enough=1
ok $enough "$(figure execs_done) inputs, $(figure edges_found) branches"
is "$(figure saved_crashes)" 0 "no crash, no read outside the file, no undefined behaviour"
is "$(figure saved_hangs)" 0 "no hang"
for input in "$tmp"/out/default/{crashes,hangs}/id*; do
	[ ! -e "$input" ] || echo "# $(base64 -w0 "$input")"
done
done_testing
