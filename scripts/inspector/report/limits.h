/* SPDX-License-Identifier: GPL-2.0-only */
/* --max-growth: by how much the second file may be larger. */
#ifndef INSPECTOR_LIMITS_H
#define INSPECTOR_LIMITS_H

#include "../inspector.h"

struct entry;

/**
 * struct limit - one of --max-growth
 * @name: lifetime, directory or source file; NULL: of everything
 * @lifetime: NR_LIFETIMES if it is about none
 * @bytes: how much more there may be
 * @growth: how much more there is
 * @seen: something in either file is what @name says
 * @most: the item that grew most, or NULL
 * @most_growth: by how much
 */
struct limit {
	char *name;
	enum lifetime lifetime;
	int64_t bytes;
	int64_t growth;
	bool seen;
	const struct entry *most;
	int64_t most_growth;
};

struct limits {
	struct limit *limits;
	size_t nr;
};

void limits_parse(struct limits *limits, const char *text);
bool limits_have_names(const struct limits *limits);
void limits_count(struct limits *limits, const struct entry *a, const struct entry *b);
enum exit_code limits_check(const struct limits *limits, const struct image *images);
void limits_free(struct limits *limits);

#endif
