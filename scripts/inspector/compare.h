/* SPDX-License-Identifier: GPL-2.0-only */
/* --compare: what moved, grew, came and went between two images. */
#ifndef INSPECTOR_COMPARE_H
#define INSPECTOR_COMPARE_H

#include "inspector.h"
#include "rows.h"

/**
 * struct comparison - the answer, in three tables
 * @changes: of items
 * @lifetimes: bytes by lifetime
 * @gains: what __init and __exit give back
 * @growth: of all items together, in bytes
 */
struct comparison {
	struct rows changes;
	struct rows lifetimes;
	struct rows gains;
	int64_t growth;
};

void compare_images(const struct image *a, const struct image *b, bool filtered,
		    struct comparison *comparison);
void comparison_free(struct comparison *comparison);

#endif
