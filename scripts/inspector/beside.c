// SPDX-License-Identifier: GPL-2.0-only
/* Files that stand beside the one that is looked at. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inspector.h"

/**
 * beside() - the path of a file in another's directory
 * @path: the other
 * @name: relative to the directory that @path is in
 *
 * Return: the path, allocated.
 */
char *beside(const char *path, const char *name)
{
	return must_printf("%.*s%s", (int)(base_name(path) - path), path, name);
}

/**
 * read_text() - read a text file
 * @path: the file
 *
 * Return: its text, allocated; NULL with errno if it cannot be read.
 */
char *read_text(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (!file)
		return NULL;
	errno = 0;
	if (getdelim(&text, &size, '\0', file) < 0) {
		free(text);
		text = errno ? NULL : must_strndup("", 0);
	}
	fclose(file);
	return text;
}
