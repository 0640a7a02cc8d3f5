// SPDX-License-Identifier: GPL-2.0-only
/* C18: what lets others in is registered last. */

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "experiments.h"

/* Loads publish in a child, and opens its device as soon as it is there: -1 if it never is. */
static int open_while_loading(const char *parameters, int expected)
{
	pid_t child = load_in_background("publish", parameters), ended = 0;
	int fd = -1, status;

	while (!ended) {
		if (fd < 0)
			fd = open("/dev/publish", O_RDONLY | O_CLOEXEC);
		ended = waitpid(child, &status, WNOHANG);
		usleep(1000);
	}
	must(ended == child && WIFEXITED(status) && WEXITSTATUS(status) == expected,
	     "loading publish with '%s' did not end with %d", parameters, expected);

	return fd;
}

static void published_first(void)
{
	int fd = open_while_loading("first=1", EIO);
	char byte;

	must(fd >= 0, "nobody could open /dev/publish while init ran");
	must_not_be_listed("publish");
	must_die("read() of a file whose module the kernel has freed");
	fail("the kernel lives, and read() returned %zd", read(fd, &byte, 1));
}

static void published_last(void)
{
	int fd = open_while_loading("", EIO);
	char byte;

	must(fd < 0, "somebody could open /dev/publish though init failed");
	must_not_be_listed("publish");

	load("publish", "good=1", 0);
	fd = open("/dev/publish", O_RDONLY | O_CLOEXEC);
	must(fd >= 0 && !read(fd, &byte, 1), "/dev/publish cannot be read: %m");
	if (variant & UNLOADABLE) {
		unload("publish", -EWOULDBLOCK);
		close(fd);
		unload("publish", 0);
	} else {
		stays("publish");
		close(fd);
	}
}

const struct experiment publishing[] = {
	{ "publish-first", "C18", LOADABLE & ~WITH_KASAN, "init fails after it published a device: a reader of that device brings the kernel down", published_first, FAULTS, .dies = true },
	{ "publish-first", "C18", WITH_KASAN, "init fails after it published a device: KASAN catches a reader of that device", published_first, .dies = true },
	{ "publish-last", "C18", LOADABLE, "the same module with its steps in the right order: nobody got in, and the kernel lives", published_last },
	{ },
};
