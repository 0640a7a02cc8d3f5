// SPDX-License-Identifier: GPL-2.0-only
/* The transcript of a test: what it did, what it saw, and why it failed. */

#include <stdarg.h>
#include <stdio.h>

#include "guest.h"

struct transcript transcript;

void note(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vfprintf(transcript.file, format, arguments);
	va_end(arguments);
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
