#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In the guest: runs the commands of /cases, "NAME|COMMAND", of which the last must fail. Prints for
# each what it and the kernel said, and the files that tell of the machine.

count=0 failed=0
mkdir -p /etc
chmod 777 /tmp
echo "nobody:x:65534:65534::/:/bin/sh" > /etc/passwd

# show PATH...: prints files in a form that the host takes apart
show() {
	for file; do
		[ ! -r "$file" ] || sed "s|^|# file ${file#/} |" "$file"
	done
}

while IFS='|' read -r name command; do
	dmesg -c > /dev/null
	count=$((count + 1))
	echo "# case $name"
	sh -c "$command" > /tmp/said 2>&1 < /dev/null
	status=$?
	sed 's/^/# said /' /tmp/said
	dmesg -c | sed 's/^/# said /'
	show /proc/modules /proc/cmdline /proc/sys/kernel/modules_disabled /sys/module/module/parameters/sig_enforce /sys/kernel/security/lockdown
	[ -f /tmp/status ] || cp /proc/self/status /tmp/status
	sed 's|^|# file proc/self/status |' /tmp/status
	rm -f /tmp/status
	[ $status = 0 ] && outcome=loads || outcome=fails
	[ "${name#good-}" = "$name" ] && expected=fails || expected=loads
	if [ "$outcome" = "$expected" ]; then echo "ok $count - $name"; else echo "not ok $count - $name"; failed=1; fi
done < /cases
echo "1..$count"
exit $failed
