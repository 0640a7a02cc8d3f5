#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The driver: its KUnit tests by the kernel's own kunit.py, its stress test, and what it
# does built in with wrong parameters on the kernel's command line.

. "$(dirname "$0")/lib.sh"

boot=$SCRIPTS/boot
"$SCRIPTS/build" -k 6.12 -v modular > /dev/null || exit 1

# kunit.py says what it does only at the end; from nothing it builds for minutes.
kunit() {
	(cd "$CACHE/trees/6.12" && CCACHE_DIR=$CACHE/ccache tools/testing/kunit/kunit.py run \
		--kunitconfig drivers/misc/hi --build_dir "$CACHE/builds/6.12-um-kunit" --make_options CC="ccache gcc")
}
kunit > "$SCRATCH/kunit" 2>&1 &
child=$!
while sleep 5 && kill -0 "$child" 2>/dev/null; do
	echo "kunit.py: $(tail -n 1 "$SCRATCH/kunit" | cut -c 1-60)" >&2
done
wait "$child"
check "kunit.py run" test $? = 0
check "KUnit: the tests ran, and all passed" grep -E 'Testing complete. Ran [1-9][0-9]* tests: passed: [1-9][0-9]*$' "$SCRATCH/kunit"

for kernel in 6.12 6.1; do
	"$SCRIPTS/build" -k "$kernel" -v builtin > /dev/null || exit 1
	console=$CACHE/builds/$kernel-x86_64-builtin/boot/console.log
	check "$kernel: stress" exits 0 "$boot" -k "$kernel" -v modular --timeout 300 hi_stress

	check "$kernel: hi.init_return=-5" exits 0 "$boot" -k "$kernel" -v builtin \
		--append "hi.init_return=-5 initcall_debug loglevel=8" hi_test
	check "$kernel: init fails with it" grep -E 'initcall hi_init\+.* returned -5 ' "$console"
	check "$kernel: no /dev/hi" said "device: not there when init failed"

	check "$kernel: hi.depth=0" exits 0 "$boot" -k "$kernel" -v builtin --append "hi.depth=0 initcall_debug loglevel=8" hi_test
	check "$kernel: it says what is allowed" grep -F 'hi: depth must be 1 to 65536, not 0' "$console"
	check "$kernel: init fails with EINVAL" grep -E 'initcall hi_init\+.* returned -22 ' "$console"
done
tap_end
