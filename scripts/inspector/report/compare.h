/* SPDX-License-Identifier: GPL-2.0-only */
/* Two images compared: what compare.c finds, and each format prints. */
#ifndef INSPECTOR_COMPARE_H
#define INSPECTOR_COMPARE_H

#include "../inspector.h"
#include "limits.h"
#include "rows.h"

/**
 * struct entry - an item, or the bytes of a section that no symbol names
 * @name: its own name
 * @source: where it comes from; the first of the image if that is not known
 * @unit: the base name of @source, "" if unknown; of bytes without a name, that of the section
 * @section: that it is in
 * @size: in bytes
 */
struct entry {
	const char *name;
	const struct source *source;
	const char *unit;
	const struct section *section;
	int64_t size;
};

/* The columns of struct comparison's @changes */
enum {
	CHANGE_KIND,		/* moved, grew, shrank, came, went */
	CHANGE_A,
	CHANGE_B,
	CHANGE_BYTES,
	CHANGE_NAME,
	CHANGE_PLACE,
	CHANGE_SOURCE,
	CHANGE_SECTION_A,
	CHANGE_SECTION_B,
	CHANGE_LIFETIME_A,
	CHANGE_LIFETIME_B,
	NR_CHANGE,
};

/* The columns of struct comparison's @lifetimes; pages are numbers as text, or NULL */
enum {
	LIFETIMES_A,
	LIFETIMES_B,
	LIFETIMES_BYTES,
	LIFETIMES_PAGES_A,
	LIFETIMES_PAGES_B,
	LIFETIMES_PAGES,
	LIFETIMES_NAME,
	NR_LIFETIMES_COLUMNS,
};

/* Of one image, sorted by name */
struct entries {
	struct entry *entries;
	size_t nr;
};

/**
 * struct comparison - two images, and what changed from one to the other
 * @images: before and after
 * @entries: of these
 * @limits: of what may grow
 * @changes: of items, the largest first
 * @lifetimes: bytes and pages by lifetime; the last row is their sum
 * @gains: what __init and __exit give back
 * @growth: of all items together, in bytes
 * @configs: how the configurations differ, lines; NULL if they do not, or one is not known
 */
struct comparison {
	struct image images[2];
	struct entries entries[2];
	struct limits limits;
	struct rows changes;
	struct rows lifetimes;
	struct rows gains;
	int64_t growth;
	char *configs;
};

/* bloat.c */
int bloat_print(struct comparison *cmp);

/* markdown.c */
void markdown_print(const struct comparison *cmp, size_t max_rows);

#endif
