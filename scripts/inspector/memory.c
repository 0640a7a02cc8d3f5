// SPDX-License-Identifier: GPL-2.0-only
/* Memory that is there, or the program ends: no caller could do without it. */

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "inspector.h"

static void *checked(void *mem)
{
	if (!mem) {
		fputs("sections: out of memory\n", stderr);
		exit(EXIT_MACHINE);
	}
	return mem;
}

/* @nr elements of @size bytes, all zero; @nr can be 0. */
void *must_alloc(size_t nr, size_t size)
{
	return checked(calloc(nr ? nr : 1, size));
}

/* Makes room for element @nr of an array that only this function has allocated. */
void *must_grow(void *array, size_t nr, size_t size)
{
	if (nr & (nr - 1))
		return array;
	return checked(realloc(array, (nr ? 2 * nr : 1) * size));
}

char *must_printf(const char *fmt, ...)
{
	va_list args;
	char *s;

	va_start(args, fmt);
	if (vasprintf(&s, fmt, args) < 0)
		s = NULL;
	va_end(args);
	return checked(s);
}

char *must_strdup(const char *s)
{
	return checked(strdup(s));
}

char *must_strndup(const char *s, size_t len)
{
	return checked(strndup(s, len));
}
