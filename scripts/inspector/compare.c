// SPDX-License-Identifier: GPL-2.0-only

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "pages.h"

/**
 * struct entry - an item, or the bytes of a section that no symbol names
 * @name: its own name
 * @source: base name of its source file, "" if unknown
 * @section: that it is in
 * @size: in bytes
 */
struct entry {
	const char *name;
	const char *source;
	const struct section *section;
	int64_t size;
};

struct entries {
	struct entry *entries;
	size_t nr;
};

/* Names that have a counter of the compiler's in them, new in each build. */
static bool has_counter(const char *name)
{
	return starts_with(name, "__UNIQUE_ID_") || starts_with(name, "__initcall__kmod_");
}

static int compare_names(const char *a, const char *b)
{
	if (!has_counter(a) || !has_counter(b))
		return strcmp(a, b);
	for (;; a++, b++) {
		a += strspn(a, "0123456789");
		b += strspn(b, "0123456789");
		if (*a != *b || !*a)
			return COMPARE((unsigned char)*a, (unsigned char)*b);
	}
}

/* Without what is behind the dot: of the assembler's files it can be that of the object. */
static int compare_sources(const char *a, const char *b)
{
	size_t len_a = strcspn(a, "."), len_b = strcspn(b, ".");
	int ret = memcmp(a, b, len_a < len_b ? len_a : len_b);

	return ret ? ret : COMPARE(len_a, len_b);
}

static int compare_entries(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	int ret = compare_names(a->name, b->name);

	if (!ret)
		ret = compare_sources(a->source, b->source);
	return ret ? ret : strcmp(a->section->name, b->section->name);
}

static struct entries collect(const struct image *first, bool filtered)
{
	struct entries all = { 0 };
	size_t space = 0;

	for (const struct image *img = first; img; img = img->discarded)
		space += img->nr_items + img->nr_sections;
	all.entries = must_alloc(space, sizeof(*all.entries));
	for (const struct image *img = first; img; img = img->discarded) {
		for (size_t i = 0; i < img->nr_items; i++) {
			const struct item *item = &img->items[i];
			const char *path = img->sources[item->source].path;

			all.entries[all.nr++] = (struct entry){
				item->names->name, path ? base_name(path) : "",
				&img->sections[item->section], item->size
			};
		}
		for (size_t i = 0; i < img->nr_sections && !filtered; i++) {
			const struct section *sec = &img->sections[i];

			if (sec->wanted && sec->unnamed)
				all.entries[all.nr++] = (struct entry){
					"(no symbol)", sec->name, sec, sec->unnamed
				};
		}
	}
	qsort(all.entries, all.nr, sizeof(*all.entries), compare_entries);
	return all;
}

/* Two that are the same thing: where one has no source file, by the name alone. */
static int match(const struct entry *a, const struct entry *b)
{
	int ret = compare_names(a->name, b->name);

	if (ret || !*a->source || !*b->source)
		return ret;
	return compare_sources(a->source, b->source);
}

static const char *change_name(const struct entry *a, const struct entry *b)
{
	if (!a)
		return "came";
	if (!b)
		return "went";
	if (strcmp(a->section->name, b->section->name) ||
	    a->section->lifetime != b->section->lifetime)
		return "moved";
	if (a->size != b->size)
		return a->size < b->size ? "grew" : "shrank";
	return NULL;
}

/* @a or @b can be NULL, not both */
static void add_change(struct rows *rows, const struct entry *a, const struct entry *b)
{
	const char *change = change_name(a, b);
	int64_t size_a = a ? a->size : 0, size_b = b ? b->size : 0;
	const struct entry *any = b ? b : a;
	char *place;

	assert(any);
	if (!change)
		return;
	if (a && b && a->section->lifetime != b->section->lifetime)
		place = must_printf("%s -> %s", lifetime_name(a->section->lifetime),
				    lifetime_name(b->section->lifetime));
	else if (a && b && strcmp(a->section->name, b->section->name))
		place = must_printf("%s -> %s", a->section->name, b->section->name);
	else
		place = must_printf("%s, %s", any->section->name,
				    lifetime_name(any->section->lifetime));
	rows_add(rows, change, size_a, size_b, size_b - size_a, any->name, place,
		 *any->source ? any->source : NULL, a ? a->section->name : NULL,
		 b ? b->section->name : NULL,
		 a ? lifetime_name(a->section->lifetime) : NULL,
		 b ? lifetime_name(b->section->lifetime) : NULL);
	free(place);
}

static void merge(struct rows *rows, const struct entries *a, const struct entries *b)
{
	size_t i = 0, j = 0;

	while (i < a->nr || j < b->nr) {
		int ret = i == a->nr ? 1 : j == b->nr ? -1 :
			  match(&a->entries[i], &b->entries[j]);

		add_change(rows, ret <= 0 ? &a->entries[i] : NULL,
			   ret >= 0 ? &b->entries[j] : NULL);
		i += ret <= 0;
		j += ret >= 0;
	}
}

static void sum_lifetimes(const struct entries *entries, int64_t *sums)
{
	for (size_t i = 0; i < entries->nr; i++)
		sums[entries->entries[i].section->lifetime] += entries->entries[i].size;
}

static int64_t add_lifetimes(struct rows *rows, const struct entries *a,
			     const struct entries *b)
{
	int64_t sums_a[NR_LIFETIMES] = { 0 }, sums_b[NR_LIFETIMES] = { 0 };
	int64_t total_a = 0, total_b = 0;

	sum_lifetimes(a, sums_a);
	sum_lifetimes(b, sums_b);
	for (size_t i = 0; i < NR_LIFETIMES; i++) {
		total_a += sums_a[i];
		total_b += sums_b[i];
		if (sums_a[i] || sums_b[i])
			rows_add(rows, sums_a[i], sums_b[i], sums_b[i] - sums_a[i],
				 lifetime_name(i));
	}
	rows_add(rows, total_a, total_b, total_b - total_a, "total");
	return total_b - total_a;
}

static void add_gain(struct rows *rows, const struct image *img, bool filtered)
{
	struct gain gain = gain_of(img, filtered);
	char *pages = gain.pages < 0 ? NULL : must_printf("%" PRId64, gain.pages);

	rows_add(rows, gain.init, gain.exit, pages, img->path);
	free(pages);
}

/* The largest change first; rows_add() has copied the texts, so cells can move. */
static int compare_changes(const void *pa, const void *pb)
{
	const struct cell *a = pa, *b = pb;
	int64_t size_a = llabs(a[3].number), size_b = llabs(b[3].number);
	int ret = COMPARE(size_b, size_a);

	return ret ? ret : strcmp(a[4].text, b[4].text);
}

/**
 * compare_images() - compare two images
 * @a: before
 * @b: after
 * @filtered: only items count, not what else is in the sections
 * @comparison: filled in
 */
void compare_images(const struct image *a, const struct image *b, bool filtered,
		    struct comparison *comparison)
{
	static const struct column changes[] = {
		{ "change", "CHANGE", COLUMN_TEXT, false },
		{ "a", "A", COLUMN_NUMBER, false },
		{ "b", "B", COLUMN_NUMBER, false },
		{ "difference", "BYTES", COLUMN_CHANGE, false },
		{ "name", "NAME", COLUMN_TEXT, false },
		{ "place", "WHERE", COLUMN_TEXT, false },
		{ "source", NULL, COLUMN_TEXT, false },
		{ "section_a", NULL, COLUMN_TEXT, false },
		{ "section_b", NULL, COLUMN_TEXT, false },
		{ "lifetime_a", NULL, COLUMN_TEXT, false },
		{ "lifetime_b", NULL, COLUMN_TEXT, false },
	};
	static const struct column lifetimes[] = {
		{ "a", "A", COLUMN_NUMBER, false },
		{ "b", "B", COLUMN_NUMBER, false },
		{ "difference", "BYTES", COLUMN_CHANGE, false },
		{ "lifetime", "LIFETIME", COLUMN_TEXT, false },
	};
	static const struct column gains[] = {
		{ "init", "INIT", COLUMN_NUMBER, false },
		{ "exit", "EXIT", COLUMN_NUMBER, false },
		{ "pages", "PAGES", COLUMN_TEXT, true },
		{ "file", "GIVEN BACK BY", COLUMN_PATH, false },
	};
	struct entries all_a = collect(a, filtered), all_b = collect(b, filtered);

	*comparison = (struct comparison){
		.changes = { .columns = changes, .nr_columns = ARRAY_SIZE(changes) },
		.lifetimes = { .columns = lifetimes, .nr_columns = ARRAY_SIZE(lifetimes) },
		.gains = { .columns = gains, .nr_columns = ARRAY_SIZE(gains) },
	};
	merge(&comparison->changes, &all_a, &all_b);
	if (comparison->changes.nr)
		qsort(comparison->changes.cells, comparison->changes.nr,
		      ARRAY_SIZE(changes) * sizeof(struct cell), compare_changes);
	comparison->growth = add_lifetimes(&comparison->lifetimes, &all_a, &all_b);
	add_gain(&comparison->gains, a, filtered);
	add_gain(&comparison->gains, b, filtered);
	free(all_a.entries);
	free(all_b.entries);
}

void comparison_free(struct comparison *comparison)
{
	rows_free(&comparison->changes);
	rows_free(&comparison->lifetimes);
	rows_free(&comparison->gains);
}
