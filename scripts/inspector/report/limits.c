// SPDX-License-Identifier: GPL-2.0-only

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"

static int64_t parse_bytes(const char *word)
{
	char *end;
	long long bytes = strtoll(word, &end, 10);

	if (*word < '0' || *word > '9' || *end)
		usage_error("--max-growth needs a number of bytes, not '%s'", word);
	return bytes;
}

static void add_limit(struct limits *limits, const char *word)
{
	const char *equals = strrchr(word, '=');
	struct limit limit = { .lifetime = NR_LIFETIMES };

	limit.bytes = parse_bytes(equals ? equals + 1 : word);
	if (equals == word)
		usage_error("--max-growth needs a lifetime, a directory or a source file before '%s'", word);
	if (equals)
		limit.name = must_strndup(word, equals - word);
	for (size_t i = 0; limit.name && i < NR_LIFETIMES; i++)
		if (!strcmp(limit.name, lifetime_keys[i]))
			limit.lifetime = i;
	limits->limits = must_grow(limits->limits, limits->nr, sizeof(limit));
	limits->limits[limits->nr++] = limit;
}

/* @text: BYTES or NAME=BYTES, several separated by commas; ends the program if it is not */
void limits_parse(struct limits *limits, const char *text)
{
	char *words = must_strdup(text), *rest = words, *word;

	while ((word = strsep(&rest, ",")))
		add_limit(limits, word);
	free(words);
}

bool limits_have_names(const struct limits *limits)
{
	for (size_t i = 0; i < limits->nr; i++)
		if (limits->limits[i].name)
			return true;
	return false;
}

/* Bytes of an item that a limit is about; @entry: or NULL */
static int64_t counted(struct limit *limit, const struct entry *entry)
{
	if (!entry)
		return 0;
	if (limit->lifetime != NR_LIFETIMES ? entry->section->lifetime != limit->lifetime :
	    limit->name && !source_matches(entry->source, limit->name))
		return 0;
	limit->seen = true;
	return entry->size;
}

/* Counts an item as it is in both files; one of @a and @b can be NULL. */
void limits_count(struct limits *limits, const struct entry *a, const struct entry *b)
{
	for (size_t i = 0; i < limits->nr; i++) {
		struct limit *limit = &limits->limits[i];
		int64_t growth = counted(limit, b) - counted(limit, a);

		limit->growth += growth;
		if (growth > limit->most_growth) {
			limit->most_growth = growth;
			limit->most = b;
		}
	}
}

static bool knows_directories(const struct image *img)
{
	for (size_t i = 0; i < img->nr_items; i++)
		if (img->sources[img->items[i].source].full)
			return true;
	return false;
}

/* A limit that nothing is counted for would always hold. */
static int check_seen(const struct limit *limit, const struct image *images)
{
	if (limit->name && limit->lifetime == NR_LIFETIMES)
		for (size_t i = 0; i < 2; i++)
			if (!knows_directories(&images[i])) {
				complain(images[i].path, NULL, "the directories of its source files are not known, so "
					 "--max-growth %s cannot be checked: build it with debug information", limit->name);
				return -1;
			}
	if (limit->seen || !limit->name)
		return 0;
	complain(images[1].path, NULL, limit->lifetime == NR_LIFETIMES ?
		 "--max-growth: no symbol comes from \"%s\", here and in the file before" :
		 "--max-growth: nothing is %s, here and in the file before", limit->name);
	return -1;
}

static void complain_growth(const struct limit *limit, const char *path)
{
	const struct entry *most = limit->most;
	const char *source = most->source->path;

	complain(path, NULL, "%s%sgrew by %" PRId64 " bytes, the limit is %" PRId64
		 "; most of all %s grew, by %" PRId64 " bytes (%s%s%s)",
		 limit->name ? limit->name : "", limit->name ? " " : "", limit->growth,
		 limit->bytes, most->name, limit->most_growth, source ? source : "",
		 source ? ", " : "", most->section->name);
}

/* After limits_count() of everything. Each limit that is exceeded has a message. */
enum exit_code limits_check(const struct limits *limits, const struct image *images)
{
	enum exit_code ret = EXIT_GOOD;

	for (size_t i = 0; i < limits->nr; i++)
		if (check_seen(&limits->limits[i], images))
			return EXIT_INPUT;
	for (size_t i = 0; i < limits->nr; i++) {
		if (limits->limits[i].growth <= limits->limits[i].bytes)
			continue;
		complain_growth(&limits->limits[i], images[1].path);
		ret = EXIT_FOUND;
	}
	return ret;
}

void limits_free(struct limits *limits)
{
	for (size_t i = 0; i < limits->nr; i++)
		free(limits->limits[i].name);
	free(limits->limits);
}
