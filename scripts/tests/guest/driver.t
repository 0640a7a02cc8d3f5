#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot boot-x86_64 6.12 6.1
#
# The driver: its KUnit tests in a guest, its stress test, and what it does built in with
# wrong parameters on the kernel's command line.

. "$(dirname "$0")/../lib.sh"

boot=$SCRIPTS/boot
newest=$(newest) || exit 1

mkdir -p "$SCRATCH/kunit/tests"
cp "$SCRIPTS/guest/kunit" "$SCRATCH/kunit/tests/"
"$SCRIPTS/build" -a um -v debug > /dev/null || exit 1
check "KUnit: all tests of the log pass" exits 0 "$boot" -a um -v debug --overlay "$SCRATCH/kunit"
check "KUnit: all of them ran" grep -E "^ *# hi_log: pass:$(grep -c KUNIT_CASE "$TOP"/drivers-misc-hi/tests/hi_log_kunit.c) fail:0 skip:0 " \
	"$SCRATCH/output"

# The stress tests of all kernels run side by side, because each QEMU uses one processor. slow/all-rounds.t
# does all 2,000 rounds, and slow/smp.t does them on several processors.
declare -A stress
for kernel in "$newest" 6.12 6.1; do
	"$SCRIPTS/build" -k "$kernel" > /dev/null && "$SCRIPTS/build" -k "$kernel" -v builtin > /dev/null || exit 1
	"$boot" -k "$kernel" --timeout 600 --append "HI_ROUNDS=${ROUNDS:-500}" hi_stress > "$SCRATCH/stress-$kernel" 2>&1 &
	stress[$kernel]=$!
done

# passed STATUS FILE: succeeds if the program that wrote FILE did; else prints FILE
passed() { [[ $1 == 0 ]] || { cat "$2"; false; }; }

for kernel in "$newest" 6.12 6.1; do
	console=$CACHE/builds/$kernel-x86_64-builtin/boot/console.log
	check "$kernel: hi.depth=0" exits 0 "$boot" -k "$kernel" -v builtin \
		--append "hi.depth=0 hi_fail.init_return=-5 initcall_debug loglevel=8" hi_test
	check "$kernel: no /dev/hi" grep -x 'ok [0-9]* built_in\.device_is_not_there_when_init_failed' "$SCRATCH/output"
	check "$kernel: hi_fail fails with what it was told to" grep -E 'initcall hi_fail_init\+.* returned -5 ' "$console"
	check "$kernel: it says what is allowed" grep -F 'hi: depth must be 1 to 65536, not 0' "$console"
	check "$kernel: init fails with EINVAL" grep -E 'initcall hi_init\+.* returned -22 ' "$console"
done
for kernel in "$newest" 6.12 6.1; do
	wait "${stress[$kernel]}"
	check "$kernel: stress" passed $? "$SCRATCH/stress-$kernel"
done
tap_end
