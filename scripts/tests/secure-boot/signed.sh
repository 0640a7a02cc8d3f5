#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In the guest, which takes signed modules only: tries three, and prints which were loaded.

for module in unsigned stranger mine; do
	/kmod/insmod /modules/$module.ko && echo "# loaded: $module" && /kmod/rmmod hi
done 2>&1 | sed 's/^insmod/# insmod/'
dmesg | grep -E 'X.509 cert|unsigned module' | sed 's/^/# /'
echo "ok 1 - three modules were tried"
echo "1..1"
