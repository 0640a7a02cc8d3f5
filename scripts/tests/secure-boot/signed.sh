#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# This script runs in a guest that takes signed modules only. It tries to load three modules, and prints which
# of them were loaded.

# shellcheck source=scripts/tap.sh
. /tap.sh

loaded_or_rejected() { /kmod/rmmod hi 2> /dev/null || grep -q 'Key was rejected by service' /tmp/said; }

for module in unsigned stranger mine; do
	/kmod/insmod "/modules/$module.ko" > /tmp/said 2>&1 && echo "# loaded: $module"
	sed 's/^/# /' /tmp/said
	check "$module: loaded, or rejected for its key" loaded_or_rejected
done
dmesg | grep -E 'X.509 cert|unsigned module' | sed 's/^/# /'
tap_end
