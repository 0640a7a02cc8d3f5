// SPDX-License-Identifier: GPL-2.0-only
/* Text files, and files beside the one that is inspected. */

#include <errno.h>
#include <stdlib.h>

#include "inspector.h"

/* The path of @name, relative to the directory that @path is in; allocated. */
char *beside(const char *path, const char *name)
{
	return must_printf("%.*s%s", (int)(base_name(path) - path), path, name);
}

/* The text of a file, allocated; NULL with errno if it cannot be read. */
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
		text = errno ? NULL : must_strdup("");
	}
	fclose(file);
	return text;
}
