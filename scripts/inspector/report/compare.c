// SPDX-License-Identifier: GPL-2.0-only
/* --compare: what moved, grew, came and went between two images. */

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "configs.h"
#include "gain.h"
#include "report.h"
#include "../text.h"

/* Names that have a counter of the compiler's in them, new in each build. */
static bool has_counter(const char *name)
{
	return starts_with(name, "__UNIQUE_ID_") || starts_with(name, "__initcall__kmod_");
}

/* Past a counter: the number of a static object or clone, or any number in such a name. */
static const char *skip_counter(const char *s, bool counter)
{
	static const char digits[] = "0123456789";

	if (*s == '.' && isdigit((unsigned char)s[1]))
		s++;
	else if (!counter)
		return s;
	return s + strspn(s, digits);
}

static int compare_names(const char *a, const char *b)
{
	bool counter = has_counter(a) && has_counter(b);

	/* Most names differ before anything has to be skipped. */
	while (!counter && *a && *a == *b && *a != '.') {
		a++;
		b++;
	}
	for (;; a++, b++) {
		a = skip_counter(a, counter);
		b = skip_counter(b, counter);
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
		ret = compare_sources(a->unit, b->unit);
	if (!ret)
		ret = strcmp(a->section->name, b->section->name);
	return ret ? ret : COMPARE(a->size, b->size);
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
			const struct source *source = &img->sources[item->source];

			all.entries[all.nr++] = (struct entry){
				item->names->name, source,
				source->path ? base_name(source->path) : "",
				&img->sections[item->section], item->size
			};
		}
		for (size_t i = 0; i < img->nr_sections && !filtered; i++) {
			const struct section *sec = &img->sections[i];

			if (sec->wanted && sec->unnamed)
				all.entries[all.nr++] = (struct entry){
					"(no symbol)", img->sources, sec->name, sec, sec->unnamed
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

	if (ret || !*a->unit || !*b->unit)
		return ret;
	return compare_sources(a->unit, b->unit);
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
		place = must_printf("%s -> %s", lifetime_names[a->section->lifetime],
				    lifetime_names[b->section->lifetime]);
	else if (a && b && strcmp(a->section->name, b->section->name))
		place = must_printf("%s -> %s", a->section->name, b->section->name);
	else
		place = must_printf("%s, %s", any->section->name,
				    lifetime_names[any->section->lifetime]);
	rows_add(rows, change, size_a, size_b, size_b - size_a, any->name, place,
		 any->source->path, a ? a->section->name : NULL,
		 b ? b->section->name : NULL,
		 a ? lifetime_names[a->section->lifetime] : NULL,
		 b ? lifetime_names[b->section->lifetime] : NULL);
	free(place);
}

static void merge(struct comparison *cmp)
{
	const struct entries *a = &cmp->entries[0], *b = &cmp->entries[1];
	size_t i = 0, j = 0;

	while (i < a->nr || j < b->nr) {
		int ret = i == a->nr ? 1 : j == b->nr ? -1 :
			  match(&a->entries[i], &b->entries[j]);

		const struct entry *before = ret <= 0 ? &a->entries[i] : NULL;
		const struct entry *after = ret >= 0 ? &b->entries[j] : NULL;

		add_change(&cmp->changes, before, after);
		limits_count(&cmp->limits, before, after);
		i += ret <= 0;
		j += ret >= 0;
	}
}

static void sum_lifetimes(const struct entries *entries, int64_t *sums)
{
	for (size_t i = 0; i < entries->nr; i++)
		sums[entries->entries[i].section->lifetime] += entries->entries[i].size;
}

/* @pages: before and after, -1 where that cannot be said */
static void add_lifetime(struct rows *rows, int64_t a, int64_t b, const int64_t *pages,
			 const char *name)
{
	bool known = pages[0] >= 0 && pages[1] >= 0;
	char *before = pages[0] < 0 ? NULL : must_printf("%" PRId64, pages[0]);
	char *after = pages[1] < 0 ? NULL : must_printf("%" PRId64, pages[1]);
	char *change = known ? must_printf("%+" PRId64, pages[1] - pages[0]) : NULL;

	rows_add(rows, a, b, b - a, before, after, change, name);
	free(before);
	free(after);
	free(change);
}

static void add_lifetimes(struct comparison *cmp, bool filtered)
{
	int64_t sums_a[NR_LIFETIMES] = { 0 }, sums_b[NR_LIFETIMES] = { 0 };
	int64_t total_a = 0, total_b = 0, total_pages[2] = { 0 };

	sum_lifetimes(&cmp->entries[0], sums_a);
	sum_lifetimes(&cmp->entries[1], sums_b);
	for (size_t i = 0; i < NR_LIFETIMES; i++) {
		int64_t pages[2];

		if (!sums_a[i] && !sums_b[i])
			continue;
		total_a += sums_a[i];
		total_b += sums_b[i];
		for (size_t j = 0; j < ARRAY_SIZE(pages); j++) {
			pages[j] = pages_of(&cmp->images[j], i, filtered);
			total_pages[j] = pages[j] < 0 || total_pages[j] < 0 ? -1 :
					 total_pages[j] + pages[j];
		}
		add_lifetime(&cmp->lifetimes, sums_a[i], sums_b[i], pages, lifetime_names[i]);
	}
	add_lifetime(&cmp->lifetimes, total_a, total_b, total_pages, "total");
	cmp->growth = total_b - total_a;
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
	int64_t size_a = llabs(a[CHANGE_BYTES].number), size_b = llabs(b[CHANGE_BYTES].number);
	int ret = COMPARE(size_b, size_a);

	return ret ? ret : strcmp(a[CHANGE_NAME].text, b[CHANGE_NAME].text);
}

static void compare_images(struct comparison *cmp, bool filtered)
{
	static const struct column changes[NR_CHANGE] = {
		[CHANGE_KIND]		= { "change", "CHANGE", COLUMN_TEXT, false },
		[CHANGE_A]		= { "a", "A", COLUMN_NUMBER, false },
		[CHANGE_B]		= { "b", "B", COLUMN_NUMBER, false },
		[CHANGE_BYTES]		= { "difference", "BYTES", COLUMN_CHANGE, false },
		[CHANGE_NAME]		= { "name", "NAME", COLUMN_TEXT, false },
		[CHANGE_PLACE]		= { "place", "WHERE", COLUMN_TEXT, false },
		[CHANGE_SOURCE]		= { "source", NULL, COLUMN_TEXT, false },
		[CHANGE_SECTION_A]	= { "section_a", NULL, COLUMN_TEXT, false },
		[CHANGE_SECTION_B]	= { "section_b", NULL, COLUMN_TEXT, false },
		[CHANGE_LIFETIME_A]	= { "lifetime_a", NULL, COLUMN_TEXT, false },
		[CHANGE_LIFETIME_B]	= { "lifetime_b", NULL, COLUMN_TEXT, false },
	};
	static const struct column lifetimes[NR_LIFETIMES_COLUMNS] = {
		[LIFETIMES_A]		= { "a", "A", COLUMN_NUMBER, false },
		[LIFETIMES_B]		= { "b", "B", COLUMN_NUMBER, false },
		[LIFETIMES_BYTES]	= { "difference", "BYTES", COLUMN_CHANGE, false },
		[LIFETIMES_PAGES_A]	= { "pages_a", NULL, COLUMN_TEXT, false },
		[LIFETIMES_PAGES_B]	= { "pages_b", NULL, COLUMN_TEXT, false },
		[LIFETIMES_PAGES]	= { "pages_difference", "PAGES", COLUMN_TEXT, true },
		[LIFETIMES_NAME]	= { "lifetime", "LIFETIME", COLUMN_TEXT, false },
	};
	static const struct column gains[] = {
		{ "init", "INIT", COLUMN_NUMBER, false },
		{ "exit", "EXIT", COLUMN_NUMBER, false },
		{ "pages", "PAGES", COLUMN_TEXT, true },
		{ "file", "GIVEN BACK BY", COLUMN_PATH, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cmp->images); i++)
		cmp->entries[i] = collect(&cmp->images[i], filtered);
	cmp->changes = ROWS(changes);
	cmp->lifetimes = ROWS(lifetimes);
	cmp->gains = ROWS(gains);
	merge(cmp);
	if (cmp->changes.nr)
		qsort(cmp->changes.cells, cmp->changes.nr,
		      ARRAY_SIZE(changes) * sizeof(struct cell), compare_changes);
	add_lifetimes(cmp, filtered);
	add_gain(&cmp->gains, &cmp->images[0], filtered);
	add_gain(&cmp->gains, &cmp->images[1], filtered);
}

static void print_tables(const struct comparison *cmp)
{
	if (cmp->changes.nr)
		rows_print(stdout, &cmp->changes);
	else
		puts("No item moved, grew, came or went.");
	putchar('\n');
	rows_print(stdout, &cmp->lifetimes);
	putchar('\n');
	rows_print(stdout, &cmp->gains);
}

static void print_json(const struct comparison *cmp)
{
	struct json json = { .out = stdout, .pretty = true };

	json_open(&json, NULL, '{');
	json_printf(&json, "schema", "%d", JSON_SCHEMA);
	rows_json(&json, "changes", &cmp->changes);
	rows_json(&json, "lifetimes", &cmp->lifetimes);
	rows_json(&json, "given_back", &cmp->gains);
	json_printf(&json, "growth", "%" PRId64, cmp->growth);
	json_text(&json, "config_difference", cmp->configs);
	json_close(&json, '}');
	putchar('\n');
}

static int print_comparison(struct comparison *cmp, const struct request *req)
{
	int ret = 0;

	if (cmp->configs && !req->json && req->format != FORMAT_MARKDOWN) {
		configs_print(cmp->configs, req->max_rows);
		putchar('\n');
	}
	if (req->json) {
		print_json(cmp);
	} else if (req->format == FORMAT_MARKDOWN) {
		markdown_print(cmp, req->max_rows);
	} else if (req->format == FORMAT_BLOAT) {
		ret = bloat_print(cmp);
		putchar('\n');
		rows_print(stdout, &cmp->lifetimes);
	} else {
		print_tables(cmp);
	}
	return ret;
}

/* A module and a vmlinux: the module is compared with itself built in. */
static void filter_by_first(struct request *req, const struct image *first)
{
	if (first->kind == IMAGE_MODULE && !req->filter.driver && !req->filter.no_items)
		req->filter.driver = first->module;
}

static int begin_baseline(struct request *req, struct comparison *cmp)
{
	if (baseline_read(&cmp->images[0], req->baseline, &req->filter))
		return -1;
	filter_by_first(req, &cmp->images[0]);
	req->answered = 1;
	return 0;
}

enum exit_code compare_begin(struct request *req)
{
	struct comparison *cmp = must_alloc(1, sizeof(*cmp));

	cmp->images[0].fd = -1;
	cmp->images[1].fd = -1;
	req->state = cmp;
	if (req->max_growth)
		limits_parse(&cmp->limits, req->max_growth);
	if (req->baseline)
		return begin_baseline(req, cmp) ? EXIT_INPUT : EXIT_GOOD;
	if ((req->format || limits_have_names(&cmp->limits)) && !req->filter.nr_sections)
		filter_add_section(&req->filter, "*");
	req->filter.no_items = req->format == FORMAT_BLOAT && !cmp->limits.nr;
	return EXIT_GOOD;
}

int compare_add(struct request *req, struct image *img)
{
	struct comparison *cmp = req->state;
	const char *driver = req->filter.driver;

	/* What else does not match can have come or gone. */
	if (img->unmatched && driver && !owners_know(img, driver)) {
		complain(img->path, NULL, "no symbol belongs to module \"%s\"", driver);
		return -1;
	}
	about_read(img);
	cmp->images[req->answered] = *img;
	if (!req->answered)
		filter_by_first(req, img);
	else if (img->kind == IMAGE_MODULE && driver == cmp->images[0].module)
		req->filter.driver = NULL;	/* two whole modules */
	*img = (struct image){ .fd = -1 };
	return 0;
}

void compare_finish(struct request *req)
{
	struct comparison *cmp = req->state;

	if (cmp->images[0].unmatched && cmp->images[1].unmatched) {
		complain(cmp->images[0].path, NULL, "%s", cmp->images[0].unmatched);
		complain(cmp->images[1].path, NULL, "%s", cmp->images[1].unmatched);
		req->status = EXIT_INPUT;
	} else if (req->answered == ARRAY_SIZE(cmp->images)) {
		compare_images(cmp, filter_items(&req->filter));
		cmp->configs = configs_difference(cmp->images);
		req->status = print_comparison(cmp, req) ? EXIT_INPUT :
			      limits_check(&cmp->limits, cmp->images);
	}
	limits_free(&cmp->limits);
	free(cmp->configs);
	free(cmp->entries[0].entries);
	free(cmp->entries[1].entries);
	rows_free(&cmp->changes);
	rows_free(&cmp->lifetimes);
	rows_free(&cmp->gains);
	image_close(&cmp->images[0]);
	image_close(&cmp->images[1]);
	free(cmp);
}
