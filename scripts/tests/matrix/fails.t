#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot boot-x86_64 inspector matrix 6.12
#
# scripts/matrix can fail: a claim made false on purpose turns its cell to ✗.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1

matrix=$SCRIPTS/matrix
check "no such claim" refuses 2 "unknown claim 'C19'" "$matrix" C19
check "no such mutant" refuses 2 "unknown mutant 'none'" "$matrix" --mutant none
check "a file that cannot be written: exit 3" refuses 3 "cannot write" \
	"$matrix" -k "$newest" -v modular --json /proc/results.json C1

check "a claim that does not apply: exit 1" refuses 1 "0 hold, 0 fail, 1 do not apply: nothing was looked at" \
	"$matrix" -k "$newest" -a um -v nomodules C11
check "mutants that are races, on one processor: exit 1" refuses 1 "no mutant was tried" \
	"$matrix" -k "$newest" -a um -v modular --mutant wake-up-before-record C1

# By the expectation; mutants.t does it by the driver.
cp -r "$SCRIPTS" "$TOP/patches" "$TOP/series" "$SCRATCH/"
record_setup "$SCRATCH/scripts"
sed -i 's/load("hi_fail", "init_return=-1", -EPERM)/load("hi_fail", "init_return=-1", -EACCES)/' "$SCRATCH/scripts/guest/experiments/failing.c"
check "an expectation that is wrong: exit 1" exits 1 "$SCRATCH/scripts/matrix" -k "$newest" -v modular C3
check "its cell" said "C3    ✗"
check "the first call of setup names all that is needed" asked_at_once "$newest"
check "what was seen" said "loading hi_fail with 'init_return=-1': EPERM, not EACCES"
cp "$SCRIPTS/guest/experiments/failing.c" "$SCRATCH/scripts/guest/experiments/"
sed -i '/{ "main", "C10", UNLOADABLE/s/UNLOADABLE/NOUNLOAD/' "$SCRATCH/scripts/guest/experiments/loading.c"
check "a claim without any experiment: exit 1" exits 1 "$SCRATCH/scripts/matrix" -k "$newest" -v modular C10 C2
check "it says so" said "✗ C10 modular: no experiment looks at it"
cp "$SCRIPTS/guest/experiments/loading.c" "$SCRATCH/scripts/guest/experiments/"

# By what changed since which kernel: the newest one is taken for an old one, and the other way.
change_since() { sed "s/^\\(C4\t\\)[0-9.]*\\(\teexist\)/\\1$1\\2/" "$SCRIPTS/claims" > "$SCRATCH/scripts/claims"; }
change_since 99.0
check "what the newest kernel does is expected of none: exit 1" exits 1 "$SCRATCH/scripts/matrix" -k "$newest" -v modular C4
check "it says what it did" said "loading hi_fail with 'init_return=-17': EBUSY, not EEXIST"
change_since 2.0
check "what it does is expected of 6.12: exit 1" exits 1 "$SCRATCH/scripts/matrix" -k 6.12 -v modular C4
check "it says what that did" said "loading hi_fail with 'init_return=-17': EEXIST, not EBUSY"
cp "$SCRIPTS/claims" "$SCRATCH/scripts/claims"
sed -i 's/^int main(int argc, char \*argv\[\])$/&\n{ if (argc == 1) abort(); else\n/; $a }' "$SCRATCH/scripts/guest/experiments/main.c"
check "experiments that never run: exit 1" exits 1 "$SCRATCH/scripts/matrix" -k "$newest" -v modular C1
check "it says so" said "it did not run"
tap_end
