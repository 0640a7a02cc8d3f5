#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every script: shellcheck, --help, and what it says to words that it does not know.

. "$(dirname "$0")/../lib.sh"

mapfile -t all < <(cd "$TOP" && git ls-files --cached --others --exclude-standard |
	xargs grep -lE '^#!/bin/(ba)?sh|^# shellcheck shell=')
check "shellcheck finds nothing in ${#all[@]} scripts" env -C "$TOP" shellcheck "${all[@]}"

for script in setup apply export build boot sections demo matrix fates check bench test; do
	check "$script --help exits 0" exits 0 "$SCRIPTS/$script" --help
	check "$script --help says how it is used" said "Usage: $script"
	check "$script --help says the exit codes" said "Exit codes:"
	check "$script --frobnicate is refused" refuses 2 "'--frobnicate'" "$SCRIPTS/$script" --frobnicate
done
for script in setup build boot demo matrix; do
	check "$script -k 5.4: unknown kernel" refuses 2 "unknown kernel '5.4'" "$SCRIPTS/$script" -k 5.4
	check "$script -k without a kernel" refuses 2 "-k needs a value" "$SCRIPTS/$script" -k
done
for script in build boot demo matrix; do
	check "$script -a vax: unknown architecture" refuses 2 "unknown architecture 'vax' (known: arm arm64 m68k riscv um x86_64)" "$SCRIPTS/$script" -a vax
done
for script in build boot; do
	check "$script -v tiny: unknown variant" refuses 2 "unknown variant 'tiny' (known: builtin" "$SCRIPTS/$script" -v tiny
	check "$script -k DIRECTORY: no kernel tree" refuses 2 "is no kernel tree" "$SCRIPTS/$script" -k "$SCRATCH"
done
check "boot --timeout soon: no number" refuses 2 "not 'soon'" "$SCRIPTS/boot" --timeout soon
check "boot --output: a directory that is there" refuses 2 "is there already" "$SCRIPTS/boot" --output "$SCRATCH"
check "boot --shell: no shell there" refuses 2 "no --shell on m68k" "$SCRIPTS/boot" --shell -a m68k
check "boot --overlay: no directory" refuses 2 "no directory" "$SCRIPTS/boot" --overlay "$SCRATCH/nothing"
check "build --modules: no Kbuild file" refuses 2 "no directory with a Kbuild file" "$SCRIPTS/build" --modules "$SCRATCH"
check "test NAME: no such test" refuses 2 "no test is named 'nothing'" "$SCRIPTS/test" nothing
check "setup --packages: unknown group" refuses 2 "unknown group 'toys'" "$SCRIPTS/setup" --packages toys
check "matrix --list has the claims" exits 0 "$SCRIPTS/matrix" --list
check "the last of them" said "$(tail -n 1 "$SCRIPTS/claims")"
check "and since when something is otherwise" said "since 7.1: Init's EEXIST reaches the caller as EBUSY."
check "every test can be executed" test -z "$(find "$SCRIPTS/tests" -name '*.t' ! -executable)"
ln -s "$SCRIPTS/apply" "$SCRATCH/link"
check "scripts work from any directory, through a link" exits 0 env -C / "$SCRATCH/link" --help
tap_end
