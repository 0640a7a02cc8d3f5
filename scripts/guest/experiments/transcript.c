// SPDX-License-Identifier: GPL-2.0-only
/* The transcript of an experiment: what it did, what it saw, and why it failed. */

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "experiments.h"

struct transcript transcript;

void note(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vfprintf(transcript.file, format, arguments);
	va_end(arguments);
}

void left_out(const char *program)
{
	transcript.left_out++;
	note("# %s: left out, for this guest has no kmod\n", program);
}

void fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (!transcript.seen[0])	/* what follows from the first failure is none of its own */
		vsnprintf(transcript.seen, sizeof(transcript.seen), format, arguments);
	va_end(arguments);
	longjmp(transcript.failed, 1);
}

void must_die(const char *by)
{
	char line[128];
	/* One write is one record; dprintf() asks for a position first, and there is none. */
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC),
	    length = snprintf(line, sizeof(line), "experiments: the kernel must die: %s\n", by);

	must(fd >= 0 && write(fd, line, length) == length, "/dev/kmsg: %m");
	close(fd);
}
