/* SPDX-License-Identifier: GPL-2.0-only */
/* --by: bytes by source file, directory or module, and by lifetime. */
#ifndef INSPECTOR_SUMS_H
#define INSPECTOR_SUMS_H

#include "inspector.h"
#include "rows.h"

enum sums_by {
	BY_NOTHING,
	BY_SOURCE,
	BY_DIRECTORY,
	BY_MODULE,
};

struct sums {
	enum sums_by by;
	void *tree;		/* struct sum by name, for tsearch() */
};

enum sums_by sums_by_parse(const char *word);
void sums_add(struct sums *sums, const struct image *img, const struct filter *filter);
void sums_rows(const struct sums *sums, struct rows *rows);
void sums_free(struct sums *sums);

#endif
