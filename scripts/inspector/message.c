// SPDX-License-Identifier: GPL-2.0-only
/* Messages on standard error. */

#include <stdarg.h>
#include <stdlib.h>

#include "inspector.h"

/**
 * complain() - say what is wrong with a file
 * @path: the file
 * @section: the section that is wrong, or NULL
 * @fmt: as for printf(), without a newline
 */
void complain(const char *path, const char *section, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "sections: %s: ", path);
	if (section)
		fprintf(stderr, "%s: ", section);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

/* Ends the program. @fmt has one %s, for @word. */
void usage_error(const char *fmt, const char *word)
{
	fputs("sections: ", stderr);
	fprintf(stderr, fmt, word);
	fputs("\nTry 'sections --help'.\n", stderr);
	exit(EXIT_INPUT);
}
