// SPDX-License-Identifier: GPL-2.0-only
/* A file, or all modules in a directory. */

#include <errno.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>

#include "files.h"
#include "inspector.h"

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

/* -1 for an entry that cannot be read, 1 for a module */
static int look_at(const FTSENT *entry, file_fn fn, void *arg, int *ret)
{
	switch (entry->fts_info) {
	case FTS_NSOK:
		if (!is_module_name(entry->fts_name))
			return 0;
		if (fn(entry->fts_path, arg))
			*ret = -1;
		return 1;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		complain(entry->fts_path, NULL, "%s", strerror(entry->fts_errno));
		*ret = -1;
	}
	return 0;
}

static int each_in_directory(const char *path, file_fn fn, void *arg)
{
	char *roots[] = { (char *)path, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR |
			    FTS_NOSTAT, by_name);
	size_t modules = 0;
	FTSENT *entry;
	int ret = 0;

	while (fts && (entry = fts_read(fts)))
		modules += look_at(entry, fn, arg, &ret);
	if (fts)
		fts_close(fts);
	if (!modules) {
		complain(path, NULL, "no modules in this directory");
		ret = -1;
	}
	return ret;
}

/**
 * files_each() - call a function for a file, or for each module in a directory
 * @path: the file or directory
 * @fn: returns 0, or -1 after a message
 * @arg: for it
 *
 * One bad file among many does not stop the others from being answered.
 *
 * Return: 0, or -1 if any call failed, after a message.
 */
int files_each(const char *path, file_fn fn, void *arg)
{
	struct stat st;

	if (!stat(path, &st) && S_ISDIR(st.st_mode))
		return each_in_directory(path, fn, arg);
	return fn(path, arg);
}
