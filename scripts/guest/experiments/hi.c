// SPDX-License-Identifier: GPL-2.0-only
/* The driver hi: its device, and what shows that it works or is not there. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "experiments.h"

int open_device(void)
{
	int fd = open("/dev/hi", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	must(fd >= 0, "open /dev/hi: %m");
	note("open(\"/dev/hi\", O_RDONLY | O_NONBLOCK) = %d\n", fd);

	return fd;
}

/* Reads up to the newest record; returns how many end with EVENT. */
static int count_records(int fd, const char *event)
{
	char record[128];
	ssize_t length;
	int count = 0;

	while ((length = read(fd, record, sizeof(record) - 1)) > 0) {
		record[length] = '\0';
		note("read(%d) = %zd: %s", fd, length, record);
		count += strstr(record, event) != NULL;
	}
	must(length == -1 && errno == EAGAIN, "reading /dev/hi ended with %zd: %m", length);

	return count;
}

void must_record(int fd)
{
	count_records(fd, "");
	load("failing", "", -ENODEV);
	must(count_records(fd, " coming failing\n") == 1, "/dev/hi did not record that a module came");
}

void must_work(void)
{
	int fd = open_device();

	must_record(fd);
	close(fd);
}

const char *built_in_driver(void)
{
	return variant & NOMODULES ? "hi_fail" : "hi";
}

void must_be_absent(void)
{
	must(!exists("/dev/hi"), "/dev/hi is there");
	must(!strstr(content("/proc/misc"), " hi\n") && !exists("/sys/class/misc/hi"),
	     "/proc/misc or /sys/class/misc has hi");
	must_not_be_listed("hi");
}
