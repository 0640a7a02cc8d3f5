// SPDX-License-Identifier: GPL-2.0-only

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "sums.h"

struct sum {
	char *name;
	int64_t bytes[NR_LIFETIMES];
	int64_t total;
};

enum sums_by sums_by_parse(const char *word)
{
	static const char * const words[] = {
		[BY_SOURCE]	= "source",
		[BY_DIRECTORY]	= "directory",
		[BY_MODULE]	= "module",
	};

	for (size_t i = BY_SOURCE; i < ARRAY_SIZE(words); i++)
		if (!strcmp(word, words[i]))
			return i;
	return BY_NOTHING;
}

static int compare_names(const void *pa, const void *pb)
{
	const struct sum *a = pa, *b = pb;

	return strcmp(a->name, b->name);
}

static void add_bytes(struct sums *sums, const char *name, size_t len,
		      enum lifetime lifetime, uint64_t bytes)
{
	struct sum *sum = must_alloc(1, sizeof(*sum)), **found;

	sum->name = must_strndup(name, len);
	found = tsearch(sum, &sums->tree, compare_names);
	if (!found)
		abort();
	if (*found != sum) {
		free(sum->name);
		free(sum);
	}
	(*found)->bytes[lifetime] += bytes;
	(*found)->total += bytes;
}

static void add_item(struct sums *sums, const struct image *img,
		     const struct item *item)
{
	const struct source *source = &img->sources[item->source];
	const char *name = NULL;
	size_t len;

	switch (sums->by) {
	case BY_MODULE:
		name = item->module;
		break;
	case BY_DIRECTORY:
		name = source->full ? source->path : NULL;
		break;
	default:
		name = source->path;
		break;
	}
	if (!name)
		name = "?";
	len = strlen(name);
	if (sums->by == BY_DIRECTORY && len > 1)
		len = base_name(name) > name ? base_name(name) - name - 1 : 0;
	add_bytes(sums, name, len, img->sections[item->section].lifetime, item->size);
}

/**
 * sums_add() - add an image
 * @sums: with @by set
 * @img: with everything decided
 * @filter: what was asked for
 */
void sums_add(struct sums *sums, const struct image *img, const struct filter *filter)
{
	static const char unnamed[] = "(no symbol)";

	for (; img; img = img->discarded) {
		for (size_t i = 0; i < img->nr_items; i++)
			add_item(sums, img, &img->items[i]);
		for (size_t i = 0; i < img->nr_sections && !filter_items(filter); i++) {
			const struct section *sec = &img->sections[i];

			if (sec->wanted && sec->unnamed)
				add_bytes(sums, unnamed, strlen(unnamed), sec->lifetime,
					  sec->unnamed);
		}
	}
}

/* The largest first. */
static int compare_totals(const void *pa, const void *pb)
{
	const struct sum * const *a = pa, * const *b = pb;
	int ret = COMPARE((*b)->total, (*a)->total);

	return ret ? ret : strcmp((*a)->name, (*b)->name);
}

struct list {
	const struct sum **sums;
	size_t nr;
};

static void add_to_list(const void *node, VISIT visit, void *arg)
{
	struct list *list = arg;

	if (visit != postorder && visit != leaf)
		return;
	list->sums = must_grow(list->sums, list->nr, sizeof(*list->sums));
	list->sums[list->nr++] = *(const struct sum * const *)node;
}

static void add_row(struct rows *rows, const struct sum *sum)
{
	rows_add(rows, sum->total, sum->bytes[LIFETIME_KEPT],
		 sum->bytes[LIFETIME_KEPT_FOR_UNLOADING],
		 sum->bytes[LIFETIME_FREED_AT_BOOT],
		 sum->bytes[LIFETIME_FREED_AFTER_INIT],
		 sum->bytes[LIFETIME_NOT_LOADED], sum->bytes[LIFETIME_DISCARDED],
		 sum->bytes[LIFETIME_UNKNOWN], sum->name);
}

/**
 * sums_rows() - make the report
 * @sums: complete
 * @rows: filled in
 */
void sums_rows(const struct sums *sums, struct rows *rows)
{
	static const struct column columns[] = {
		{ "total", "BYTES", COLUMN_NUMBER, false },
		{ "kept", "KEPT", COLUMN_NUMBER, true },
		{ "kept_for_unloading", "UNLOADING", COLUMN_NUMBER, true },
		{ "freed_at_boot", "BOOT", COLUMN_NUMBER, true },
		{ "freed_after_init", "INIT", COLUMN_NUMBER, true },
		{ "not_loaded", "NOT LOADED", COLUMN_NUMBER, true },
		{ "discarded", "DISCARDED", COLUMN_NUMBER, true },
		{ "unknown", "UNKNOWN", COLUMN_NUMBER, true },
		{ "name", "OWNER", COLUMN_PATH, false },
	};
	struct sum total = { .name = "total" };
	struct list list = { 0 };

	*rows = (struct rows){ .columns = columns, .nr_columns = ARRAY_SIZE(columns) };
	twalk_r(sums->tree, add_to_list, &list);
	if (list.nr)
		qsort(list.sums, list.nr, sizeof(*list.sums), compare_totals);
	for (size_t i = 0; i < list.nr; i++) {
		for (size_t j = 0; j < NR_LIFETIMES; j++)
			total.bytes[j] += list.sums[i]->bytes[j];
		total.total += list.sums[i]->total;
		add_row(rows, list.sums[i]);
	}
	add_row(rows, &total);
	free(list.sums);
}

static void free_sum(void *node)
{
	struct sum *sum = node;

	free(sum->name);
	free(sum);
}

void sums_free(struct sums *sums)
{
	tdestroy(sums->tree, free_sum);
}
