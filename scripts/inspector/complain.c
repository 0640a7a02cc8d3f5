// SPDX-License-Identifier: GPL-2.0-only
/* What goes wrong, said on stderr. */

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "inspector.h"

/**
 * complain() - say what is wrong with a file
 * @path: the file
 * @section: the section it is wrong in, or NULL
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

static void *checked(void *mem)
{
	if (!mem) {
		fputs("sections: out of memory\n", stderr);
		exit(EXIT_MACHINE);
	}
	return mem;
}

/**
 * must_alloc() - allocate zeroed memory or end the program
 * @nr: number of elements, 0 is allowed
 * @size: bytes of one
 *
 * Return: the memory, never NULL.
 */
void *must_alloc(size_t nr, size_t size)
{
	return checked(calloc(nr ? nr : 1, size));
}

/**
 * must_realloc() - change the size of memory or end the program
 * @mem: the memory or NULL
 * @size: new size in bytes, not 0
 *
 * Return: the memory, never NULL.
 */
void *must_realloc(void *mem, size_t size)
{
	return checked(realloc(mem, size));
}

/**
 * must_grow() - make space for one more element or end the program
 * @array: the elements, or NULL
 * @nr: how many there are; there is space up to the next power of two
 * @size: bytes of one
 *
 * Return: the elements, where they are now.
 */
void *must_grow(void *array, size_t nr, size_t size)
{
	if (nr & (nr - 1))
		return array;
	return must_realloc(array, (nr ? 2 * nr : 1) * size);
}

/**
 * must_printf() - print into a new string or end the program
 * @fmt: as for printf()
 *
 * Return: the string, never NULL.
 */
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

/**
 * must_strndup() - copy a string or end the program
 * @s: string
 * @len: length of the copy
 *
 * Return: the copy, never NULL.
 */
char *must_strndup(const char *s, size_t len)
{
	return checked(strndup(s, len));
}
