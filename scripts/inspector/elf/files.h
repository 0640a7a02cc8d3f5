/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef INSPECTOR_FILES_H
#define INSPECTOR_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* A file to be inspected. */
struct path {
	char *name;
	const char *directory;	/* that the user has named, NULL: the file itself */
	const char *wrong;	/* NULL: nothing */
};

/* In the order in which they are answered. */
struct files {
	struct path *paths;
	size_t nr;
};

typedef int (*file_fn)(const struct path *path, void *arg);

void files_add(struct files *files, const char *path, bool expand);
int files_each(const struct files *files, bool go_on, file_fn fn, void *arg);
void files_free(struct files *files);

#endif
