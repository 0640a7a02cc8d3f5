# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# TAP (testanything.org, version 13) for tests in shell, here and in the guest: they source this,
# call check, and finish with tap_end.

tap_count=0
tap_failed=0

# check NAME COMMAND...: ok when COMMAND succeeds; what it printed is shown when not
check() {
	tap_name=$1
	shift
	tap_count=$((tap_count + 1))
	if tap_output=$("$@" 2>&1); then
		echo "ok $tap_count - $tap_name"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $tap_name"
		note "it was: $*"
		note "${tap_output:-and it printed nothing}"
	fi
}

# not COMMAND...: succeeds when COMMAND fails
not() { ! "$@"; }

note() { echo "$*" | sed 's/^/# /'; }

tap_end() {
	echo "1..$tap_count"
	[ $tap_failed = 0 ]
}
