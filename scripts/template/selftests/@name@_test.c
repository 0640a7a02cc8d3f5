// SPDX-License-Identifier: GPL-2.0-only
/* What is written to /dev/@name@ is read from it. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

FIXTURE(device)
{
	int fd;
};

FIXTURE_SETUP(device)
{
	self->fd = open("/dev/@name@", O_RDWR | O_CLOEXEC);
	if (self->fd < 0)
		SKIP(return, "/dev/@name@ cannot be opened: is the module loaded?");
}

FIXTURE_TEARDOWN(device)
{
	if (self->fd >= 0)
		close(self->fd);
}

TEST_F(device, keeps_what_is_written)
{
	char text[16];

	ASSERT_EQ(5, write(self->fd, "hello", 5));
	ASSERT_EQ(0, lseek(self->fd, 0, SEEK_SET));
	ASSERT_EQ(5, read(self->fd, text, sizeof(text)));
	EXPECT_EQ(0, memcmp(text, "hello", 5));
	EXPECT_EQ(0, read(self->fd, text, sizeof(text)));
}

TEST_F(device, refuses_what_is_too_long)
{
	static char text[65537];

	EXPECT_EQ(-1, write(self->fd, text, sizeof(text)));
	EXPECT_EQ(ENOSPC, errno);
}

TEST_HARNESS_MAIN
