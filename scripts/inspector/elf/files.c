// SPDX-License-Identifier: GPL-2.0-only
/* The files that are named, and all modules in the directories that are. */

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "files.h"
#include "../inspector.h"

static bool is_module_name(const char *name)
{
	static const char * const ends[] = {
		".ko", ".ko.xz", ".ko.zst", ".ko.gz", ".ko.debug"
	};
	size_t len = strlen(name);

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t n = strlen(ends[i]);

		if (len > n && !strcmp(name + len - n, ends[i]))
			return true;
	}
	return false;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void add(struct files *files, const char *name, const char *directory,
		const char *wrong)
{
	files->paths = must_grow(files->paths, files->nr, sizeof(*files->paths));
	files->paths[files->nr++] = (struct path){ must_strdup(name), directory, wrong };
}

/* Returns whether it is a module. */
static bool add_entry(struct files *files, const FTSENT *entry, const char *directory)
{
	switch (entry->fts_info) {
	case FTS_NSOK:
		if (!is_module_name(entry->fts_name))
			return false;
		add(files, entry->fts_path, directory, NULL);
		return true;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		add(files, entry->fts_path, directory, strerror(entry->fts_errno));
	}
	return false;
}

static void add_directory(struct files *files, const char *path)
{
	char *roots[] = { (char *)path, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR |
			    FTS_NOSTAT, by_name);
	size_t modules = 0;
	FTSENT *entry;

	while (fts && (entry = fts_read(fts)))
		modules += add_entry(files, entry, path);
	if (fts)
		fts_close(fts);
	if (!modules)
		add(files, path, NULL, "no modules in this directory");
}

/* Adds a file; of a directory each module in it if @expand. */
void files_add(struct files *files, const char *path, bool expand)
{
	struct stat st;

	if (expand && !stat(path, &st) && S_ISDIR(st.st_mode))
		add_directory(files, path);
	else
		add(files, path, NULL, NULL);
}

/**
 * files_each() - call a function for each file
 * @files: all of them
 * @go_on: one bad file among many does not stop the others from being answered
 * @fn: returns 0, or -1 after a message
 * @arg: for it
 */
int files_each(const struct files *files, bool go_on, file_fn fn, void *arg)
{
	int ret = 0;

	for (size_t i = 0; i < files->nr && (go_on || !ret); i++) {
		const struct path *path = &files->paths[i];

		if (path->wrong)
			complain(path->name, NULL, "%s", path->wrong);
		if (path->wrong || fn(path, arg))
			ret = -1;
	}
	return ret;
}

void files_free(struct files *files)
{
	for (size_t i = 0; i < files->nr; i++)
		free(files->paths[i].name);
	free(files->paths);
}
