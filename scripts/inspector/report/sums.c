// SPDX-License-Identifier: GPL-2.0-only
/* --by: bytes by source file, directory or module, and by lifetime. */

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

struct sum {
	char *name;
	int64_t bytes[NR_LIFETIMES];
	int64_t total;
};

enum sums_by {
	BY_SOURCE,
	BY_DIRECTORY,
	BY_MODULE,
	NR_BY,
};

static const char * const by_names[NR_BY] = { "source", "directory", "module" };

struct sums {
	enum sums_by by;
	void *tree;		/* struct sum by name, for tsearch() */
};

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

enum exit_code sums_begin(struct request *req)
{
	struct sums *sums = must_alloc(1, sizeof(*sums));

	req->state = sums;
	while (sums->by < NR_BY && strcmp(req->argument, by_names[sums->by]))
		sums->by++;
	if (sums->by == NR_BY)
		usage_error("--by needs source, directory or module, not '%s'", req->argument);
	return EXIT_GOOD;
}

int sums_add(struct request *req, struct image *img)
{
	static const char unnamed[] = "(no symbol)";
	struct sums *sums = req->state;

	for (; img; img = img->discarded) {
		for (size_t i = 0; i < img->nr_items; i++)
			add_item(sums, img, &img->items[i]);
		for (size_t i = 0; i < img->nr_sections && !filter_items(&req->filter); i++) {
			const struct section *sec = &img->sections[i];

			if (sec->wanted && sec->unnamed)
				add_bytes(sums, unnamed, strlen(unnamed), sec->lifetime,
					  sec->unnamed);
		}
	}
	return 0;
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

static void add_total(struct rows *rows, const struct list *list)
{
	struct sum total = { .name = "total" };

	for (size_t i = 0; i < list->nr; i++) {
		for (size_t j = 0; j < NR_LIFETIMES; j++)
			total.bytes[j] += list->sums[i]->bytes[j];
		total.total += list->sums[i]->total;
	}
	add_row(rows, &total);
}

static void free_sum(void *node)
{
	struct sum *sum = node;

	free(sum->name);
	free(sum);
}

void sums_finish(struct request *req)
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
	struct sums *sums = req->state;
	struct list list = { 0 };

	req->rows = ROWS(columns);
	twalk_r(sums->tree, add_to_list, &list);
	if (list.nr)
		qsort(list.sums, list.nr, sizeof(*list.sums), compare_totals);
	for (size_t i = 0; i < list.nr; i++)
		add_row(&req->rows, list.sums[i]);
	add_total(&req->rows, &list);
	if (req->answered)
		rows_report(req->json, "sums", &req->rows, "");
	free(list.sums);
	tdestroy(sums->tree, free_sum);
	free(sums);
}
