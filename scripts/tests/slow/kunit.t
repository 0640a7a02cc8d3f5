#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build
#
# The driver's unit tests by the kernel's own kunit.py, which builds a kernel for them.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1
"$SCRIPTS/build" -a um > /dev/null || exit 1

# kunit.py says what it does only at the end; from nothing it builds for minutes.
kunit() {
	(cd "$CACHE/trees/$newest" && CCACHE_DIR=$CACHE/ccache tools/testing/kunit/kunit.py run \
		--kunitconfig drivers/misc/hi/tests --build_dir "$CACHE/builds/$newest-um-kunit" --make_options CC="ccache gcc")
}
kunit > "$SCRATCH/kunit" 2>&1 &
child=$!
while sleep 5 && kill -0 "$child" 2>/dev/null; do
	echo "kunit.py: $(tail -n 1 "$SCRATCH/kunit" | cut -c 1-60)" >&2
done
wait "$child"
check "kunit.py run" test $? = 0
check "the tests ran, and all passed" grep -E 'Testing complete. Ran [1-9][0-9]* tests: passed: [1-9][0-9]*$' "$SCRATCH/kunit"
tap_end
