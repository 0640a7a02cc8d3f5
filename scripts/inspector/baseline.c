// SPDX-License-Identifier: GPL-2.0-only
/*
 * --baseline: an image as --json has written it (report/listjson.c). Of struct image it has
 * what --compare needs: sections, items, sources, pages, and what it was made of.
 */

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "inspector.h"
#include "report/json.h"

/**
 * struct reader - a baseline that is read
 * @img: the image
 * @path: of the baseline
 * @wrong: the first key whose value is missing or of another kind
 */
struct reader {
	struct image *img;
	const char *path;
	const char *wrong;
};

static void note_wrong(struct reader *reader, const char *key)
{
	if (!reader->wrong)
		reader->wrong = key;
}

/* Returns NULL for null, and after note_wrong() for anything that is not of @type. */
static json_object *get(struct reader *reader, json_object *in, const char *key, json_type type)
{
	json_object *value;

	if (!json_object_object_get_ex(in, key, &value)) {
		note_wrong(reader, key);
		return NULL;
	}
	if (value && !json_object_is_type(value, type)) {
		note_wrong(reader, key);
		return NULL;
	}
	return value;
}

/* Of anything else than an array 0. */
static size_t array_length(json_object *array)
{
	return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

static json_object *must_get(struct reader *reader, json_object *in, const char *key,
			     json_type type)
{
	json_object *value = get(reader, in, key, type);

	if (!value)
		note_wrong(reader, key);
	return value;
}

/* The bytes that json_hex() has written; allocated, NULL if there are none. */
static char *get_hex(json_object *in, const char *key)
{
	char *hex_key = must_printf("%s_hex", key), *bytes = NULL;
	const char *hex = json_object_get_string(json_object_object_get(in, hex_key));
	size_t len = hex ? strlen(hex) / 2 : 0;

	if (hex)
		bytes = must_alloc(len + 1, 1);
	for (size_t i = 0; i < len; i++) {
		const char digits[] = { hex[2 * i], hex[2 * i + 1], '\0' };

		bytes[i] = (char)strtoul(digits, NULL, 16);
	}
	free(hex_key);
	return bytes;
}

/* Lives as long as the image; NULL for null. */
static char *get_text(struct reader *reader, json_object *in, const char *key)
{
	json_object *value = get(reader, in, key, json_type_string);
	char *bytes = value ? get_hex(in, key) : NULL;

	if (!value)
		return NULL;
	return image_own(reader->img, bytes ? bytes : must_strdup(json_object_get_string(value)));
}

static char *must_get_text(struct reader *reader, json_object *in, const char *key)
{
	char *text = get_text(reader, in, key);

	if (!text)
		note_wrong(reader, key);
	return text;
}

static uint64_t get_size(struct reader *reader, json_object *in, const char *key)
{
	int64_t size = json_object_get_int64(must_get(reader, in, key, json_type_int));

	if (size < 0)
		note_wrong(reader, key);
	return size;
}

/* The index of a word in a table of words. */
static size_t get_word(struct reader *reader, json_object *in, const char *key,
		       const char * const *words, size_t nr)
{
	const char *word = json_object_get_string(must_get(reader, in, key, json_type_string));

	for (size_t i = 0; word && i < nr; i++)
		if (equal(words[i], word))
			return i;
	note_wrong(reader, key);
	return 0;
}

/* Most items have the source file of the item before. */
static uint32_t get_source(struct reader *reader, json_object *in)
{
	struct image *img = reader->img;
	json_object *owner = must_get(reader, in, "owner", json_type_object);
	const char *path = json_object_get_string(get(reader, owner, "source", json_type_string));
	bool full = json_object_get_boolean(must_get(reader, owner, "full_path", json_type_boolean));
	const struct source *last = &img->sources[img->nr_sources - 1];

	if (!path)
		return 0;
	if (!last->path || last->full != full || !equal(last->path, path))
		source_add(img, get_text(reader, owner, "source"), full);
	return img->nr_sources - 1;
}

/* The items of a section; returns their bytes. */
static uint64_t read_items(struct reader *reader, json_object *items, uint32_t section)
{
	struct image *img = reader->img;
	uint64_t bytes = 0;

	for (size_t i = 0; i < array_length(items) && !reader->wrong; i++) {
		json_object *in = json_object_array_get_idx(items, i);
		struct symbol *sym = &img->symbols[img->nr_items];
		struct item *item = &img->items[img->nr_items++];

		sym->name = must_get_text(reader, in, "name");
		*item = (struct item){
			.names = sym, .nr_names = 1, .section = section,
			.size = get_size(reader, in, "size"),
			.source = get_source(reader, in),
		};
		bytes += item->size;
	}
	return bytes;
}

static void read_section(struct reader *reader, json_object *in, bool whole)
{
	struct image *img = reader->img;
	json_object *items = must_get(reader, in, "items", json_type_array);
	struct section *sec = &img->sections[img->nr_sections];
	uint64_t bytes;

	*sec = (struct section){
		.name = must_get_text(reader, in, "name"),
		.size = get_size(reader, in, "size"),
		.unnamed = get_size(reader, in, "unnamed"),
		.wanted = true,
		.phase = get_word(reader, in, "phase", phase_names, PHASE_EXIT + 1),
		.lifetime = get_word(reader, in, "lifetime", lifetime_names, NR_LIFETIMES),
	};
	bytes = read_items(reader, items, img->nr_sections++);
	if (whole && sec->size != sec->unnamed + bytes)
		note_wrong(reader, "size");
}

static void read_sections(struct reader *reader, json_object *sections, bool whole)
{
	struct image *img = reader->img;
	size_t nr_sections = array_length(sections), nr_items = 0;

	for (size_t i = 0; i < nr_sections && !reader->wrong; i++) {
		json_object *in = json_object_array_get_idx(sections, i);

		nr_items += array_length(must_get(reader, in, "items", json_type_array));
	}
	if (reader->wrong)
		return;
	img->sections = must_alloc(nr_sections, sizeof(*img->sections));
	img->symbols = must_alloc(nr_items, sizeof(*img->symbols));
	img->items = must_alloc(nr_items, sizeof(*img->items));
	for (size_t i = 0; i < nr_sections && !reader->wrong; i++)
		read_section(reader, json_object_array_get_idx(sections, i), whole);
}

/* -1 for null */
static int64_t get_pages(struct reader *reader, json_object *in, const char *key)
{
	json_object *pages = get(reader, in, key, json_type_int);

	return pages ? json_object_get_int64(pages) : -1;
}

static void read_pages(struct reader *reader, json_object *in)
{
	struct image *img = reader->img;
	json_object *pages = must_get(reader, in, "pages", json_type_object);

	img->pages = image_own(img, must_alloc(1, sizeof(*img->pages)));
	img->pages->given_back = get_pages(reader, pages, "given_back");
	for (size_t i = 0; i < NR_LIFETIMES; i++)
		img->pages->of[i] = get_pages(reader, pages, lifetime_keys[i]);
}

/* What was asked for when it was written; the other file is asked the same. */
static void read_filter(struct reader *reader, json_object *in, struct filter *filter)
{
	json_object *sections = get(reader, in, "sections", json_type_array);

	for (size_t i = 0; sections && i < array_length(sections); i++) {
		const char *pattern = json_object_get_string(json_object_array_get_idx(sections, i));

		filter_add_section(filter, image_own(reader->img, must_strdup(pattern ? pattern : "")));
	}
	filter->owner = get_text(reader, in, "owner");
	filter->driver = get_text(reader, in, "driver");
}

static void read_image(struct reader *reader, json_object *in, bool whole)
{
	struct image *img = reader->img;
	json_object *module = get(reader, in, "module", json_type_object);

	source_add(img, NULL, false);	/* the first one stands for none */
	img->kind = get_word(reader, in, "kind", image_kind_names, IMAGE_OBJECT + 1);
	img->path = must_get_text(reader, in, "file");
	if (module)
		img->module = must_get_text(reader, module, "name");
	img->release = get_text(reader, in, "release");
	img->compiler = get_text(reader, in, "compiler");
	img->config = get_text(reader, in, "config");
	read_pages(reader, in);
	read_sections(reader, must_get(reader, in, "sections", json_type_array), whole);
}

/* Returns 0, or -1 after a message. */
static int read_root(struct reader *reader, json_object *root, struct filter *filter)
{
	json_object *schema = get(reader, root, "schema", json_type_int);
	json_object *files = get(reader, root, "files", json_type_array);

	if (!schema || (json_object_get_int64(schema) == JSON_SCHEMA && !files)) {
		complain(reader->path, NULL, "not a baseline: write one with sections --json --section '*' FILE");
		return -1;
	}
	if (json_object_get_int64(schema) != JSON_SCHEMA) {
		complain(reader->path, NULL, "another version of sections wrote this baseline (schema %" PRId64
			 ", this one reads %d): write it again with sections --json --section '*' FILE",
			 json_object_get_int64(schema), JSON_SCHEMA);
		return -1;
	}
	if (array_length(files) != 1) {
		complain(reader->path, NULL, "a baseline has one file, this one has %zu",
			 array_length(files));
		return -1;
	}
	read_filter(reader, must_get(reader, root, "filter", json_type_object), filter);
	read_image(reader, json_object_array_get_idx(files, 0), !filter_items(filter));
	if (!reader->wrong)
		return 0;
	complain(reader->path, NULL, "the baseline is damaged: the value of \"%s\" is missing or wrong",
		 reader->wrong);
	return -1;
}

static json_object *parse(const char *path, const char *text)
{
	json_tokener *tokener = json_tokener_new();
	size_t len = strlen(text);
	json_object *root;

	while (len && text[len - 1] == '\n')
		len--;
	root = json_tokener_parse_ex(tokener, text, (int)len);
	if (json_tokener_get_error(tokener) != json_tokener_success || json_tokener_get_parse_end(tokener) != len) {
		complain(path, NULL, "the baseline is damaged: no JSON from byte %zu on",
			 json_tokener_get_parse_end(tokener));
		json_object_put(root);
		root = NULL;
	}
	json_tokener_free(tokener);
	return root;
}

/**
 * baseline_read() - read what --json has written of one file
 * @img: filled in; image_close() has to free it in any case
 * @path: the baseline
 * @filter: set to what was asked for when it was written; its words live as long as @img
 */
int baseline_read(struct image *img, const char *path, struct filter *filter)
{
	struct reader reader = { img, path, NULL };
	char *text = read_text(path);
	json_object *root;
	int ret = -1;

	*img = (struct image){ .path = path, .fd = -1 };
	if (!text) {
		complain(path, NULL, "%s", strerror(errno));
		return -1;
	}
	root = parse(path, text);
	free(text);
	if (root)
		ret = read_root(&reader, root, filter);
	json_object_put(root);
	return ret;
}
