#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: boot boot-x86_64 modules inspector demo debian:6.1 debian:6.12 debian:newest 6.1 6.12
#
# Stock kernels: the self-tests and the stress test with four processors, and demo --quick.

. "$(dirname "$0")/../lib.sh"

for kernel in ${HI_STOCK:-debian:6.1 debian:6.12 debian:newest}; do
	check "$kernel: build" exits 0 "$SCRIPTS/build" -k "$kernel"
	build=$(tail -n 1 "$SCRATCH/output")
	before=$(stat -c %y "$build/drivers/misc/hi/hi.ko")
	release=$("$SCRIPTS/setup" --release "$kernel")
	check "$kernel: hi.ko is for it" grep -q "^$release " <(modinfo -F vermagic "$build/drivers/misc/hi/hi.ko")
	check "$kernel: build again" exits 0 "$SCRIPTS/build" -k "$kernel"
	check "$kernel: nothing was built again" test "$(stat -c %y "$build/drivers/misc/hi/hi.ko")" = "$before"
	check "$kernel: hi_test, 4 processors" exits 0 "$SCRIPTS/boot" -k "$kernel" --cpus 4 --timeout 900
	check "$kernel: checks passed" grep -qE '[4-9][0-9] passed, 0 failed' "$SCRATCH/output"
	check "$kernel: the guest has 4 processors" grep -qE 'smp: Brought up 1 node, 4 CPUs' "$build/boot/console.log"
	check "$kernel: hi_stress, 4 processors" exits 0 "$SCRIPTS/boot" -k "$kernel" --cpus 4 --timeout 1800 --append HI_ROUNDS=500 hi_stress
	check "$kernel: demo --quick" exits 0 "$SCRIPTS/demo" --quick -k "$kernel"
	note "$(tail -n 2 "$SCRATCH/output" | head -n 1)"
	check "$kernel: it has 512 MB with one processor" grep -qE ' Memory: [0-9]+K/5[0-9]{5}K available' "$build/boot/console.log"
	check "$kernel: it has no watchdog" grep -qE 'Command line: .* nowatchdog ' "$build/boot/console.log"
	check "$kernel: it says which kernel" said "Linux $release, a stock kernel"
	check "$kernel: the kernel's log" grep -qE '\] hi: module being unloaded$' "$SCRATCH/output"
	check "$kernel: what /dev/hi recorded" grep -qE '^    [0-9] [0-9.]+ coming hi_bare$' "$SCRATCH/output"
	check "$kernel: where init is" grep -qE '^hi_init +[0-9]+ bytes in \.init\.text *$' "$SCRATCH/output"
	check "$kernel: what becomes of exit" grep -qE '^ +kept for unloading *$' "$SCRATCH/output"
done
check "more processors than the machine can have" refuses 2 "uses 8192 processors at most" "$SCRIPTS/boot" -k debian:6.12 --cpus 9000
tap_end
