// SPDX-License-Identifier: GPL-2.0-only
/* Messages on standard error. */

#include <stdarg.h>
#include <stdlib.h>

#include "inspector.h"
#include "text.h"

static void print_visible(const char *fmt, va_list args)
{
	char *text, *visible;

	if (vasprintf(&text, fmt, args) < 0)
		return;
	visible = text_visible(text);
	fputs(visible, stderr);
	free(visible);
	free(text);
}

__attribute__((format(printf, 1, 2))) static void print(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print_visible(fmt, args);
	va_end(args);
}

/**
 * complain() - say what is wrong with a file
 * @path: the file
 * @section: the section that is wrong, or NULL
 * @fmt: as for printf(), without a newline
 */
void complain(const char *path, const char *section, const char *fmt, ...)
{
	va_list args;

	print("sections: %s: %s%s", path, section ? section : "", section ? ": " : "");
	va_start(args, fmt);
	print_visible(fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

/* Ends the program. */
void usage_error(const char *fmt, ...)
{
	va_list args;

	fputs("sections: ", stderr);
	va_start(args, fmt);
	print_visible(fmt, args);
	va_end(args);
	fputs("\nTry 'sections --help'.\n", stderr);
	exit(EXIT_INPUT);
}
