#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot
#
# The driver's self-tests as programs that run on somebody's machine: where fork() fails, where
# they are stopped in the middle, where others load modules meanwhile, and where there is nothing
# to test. What runs in the guest is in the directory selftests.

. "$(dirname "$0")/../lib.sh"

boot=$SCRIPTS/boot
build=$("$SCRIPTS/build" -a um -v modular) || exit 1

# A module that the tests do not use. It is loaded and unloaded beside them.
cp -r "$SCRIPTS/guest/modules" "$SCRATCH/others"
"$SCRIPTS/build" -a um -v modular --modules "$SCRATCH/others" > /dev/null || exit 1

# in_guest SCRIPT: of the directory in-guest
in_guest() {
	local overlay=$SCRATCH/overlay
	rm -rf "$overlay"
	mkdir -p "$overlay"/{tests,selftests,others}
	cp "$SCRIPTS/tap.sh" "$overlay/"
	cp "$build"/selftests/hi_{load_test,fail_test,device_test,builtin_test,stress} "$overlay/selftests/"
	cp "$SCRATCH/others/empty_exit.ko" "$overlay/others/"
	cp "$(dirname "$0")/in-guest/$1" "$overlay/tests/"
	"$boot" -a um -v modular --timeout 300 --overlay "$overlay"
}

check "fork() fails: the self-tests say so, and kill nobody" exits 0 in_guest fork-fails
check "stopped in the middle: no process is left" exits 0 in_guest killed
check "twice in a row, while another module comes and goes" exits 0 in_guest busy
check "nothing to test: they say so, and leave the user's modules alone" exits 0 in_guest not-here

# In the guest there is one user; here, as one who is not root, they touch nothing.
mkdir "$SCRATCH/bin"
chmod 755 "$SCRATCH" "$SCRATCH/bin"
cp "$build"/selftests/hi_{load_test,fail_test,device_test,builtin_test,stress} "$SCRATCH/bin/"
for program in "$SCRATCH"/bin/hi_*; do
	check "${program##*/} as a user: skipped" exits 4 as_user "$program"
	check "${program##*/} as a user: it says why" grep -qx '1\.\.0 # SKIP must be run as root' "$SCRATCH/output"
done

# What kselftest_harness.h prints counts, and a program that ends before its plan is kept fails.
mkdir -p "$SCRATCH/plan/tests"
harness() {
	{
		echo '#!/bin/sh'
		echo 'cat << END'
		printf '%s\n' 'TAP version 13' '1..4' '# Starting 4 tests from 1 test cases.' \
			'#  RUN           load.first ...' '#            OK  load.first' 'ok 1 load.first' \
			'#  RUN           load.second ...' '#      SKIP      no reason' '#            OK  load.second' "$@"
		echo 'END'
	} > "$SCRATCH/plan/tests/harness"
	chmod +x "$SCRATCH/plan/tests/harness"
}
harness 'ok 2 load.second # SKIP no reason' 'ok 3 # SKIP as Linux 6.1 says it' 'ok 4 load.last' \
	'# PASSED: 4 / 4 tests passed.' '# Totals: pass:2 fail:0 xfail:0 xpass:0 skip:2 error:0'
check "the harness's plan is kept" exits 0 "$boot" -a um -v modular --overlay "$SCRATCH/plan"
check "what it skipped is counted" said "2 passed, 0 failed, 2 skipped"
harness 'ok 2 load.second # SKIP no reason'
check "a program that ends before its plan is kept fails" exits 1 "$boot" -a um -v modular --overlay "$SCRATCH/plan"
check "and is counted" said "1 passed, 1 failed, 1 skipped"
tap_end
