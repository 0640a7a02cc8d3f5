#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every script: shellcheck and --help. bad-calls.t has the calls that cannot work.

. "$(dirname "$0")/../lib.sh"

mapfile -t all < <(cd "$TOP" && git ls-files --cached --others --exclude-standard |
	xargs grep -lE '^#!/bin/(ba)?sh|^# shellcheck shell=')
check "shellcheck finds nothing in ${#all[@]} scripts" env -C "$TOP" shellcheck "${all[@]}"

for script in setup apply export build boot sections demo matrix vet why new fates check bench test; do
	check "$script --help exits 0" exits 0 "$SCRIPTS/$script" --help
	check "$script --help says how it is used" said "Usage: $script"
	check "$script --help says the exit codes" said "Exit codes:"
done
check "matrix --list has the claims" exits 0 "$SCRIPTS/matrix" --list
check "the last of them" said "$(tail -n 1 "$SCRIPTS/claims")"
check "and since when something is otherwise" said "since 7.1: Init's EEXIST reaches the caller as EBUSY."
check "every test can be executed" test -z "$(find "$SCRIPTS/tests" -name '*.t' ! -executable)"
ln -s "$SCRIPTS/apply" "$SCRATCH/link"
check "scripts work from any directory, through a link" exits 0 env -C / "$SCRATCH/link" --help
tap_end
