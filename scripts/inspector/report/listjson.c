// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list for programs; sections.1 describes it. Numbers are bytes; addresses are
 * hexadecimal strings, since many readers of JSON hold numbers as doubles.
 */

#include <elfutils/libdwelf.h>
#include <inttypes.h>
#include <stdlib.h>

#include "gain.h"
#include "report.h"

static void put_bool(struct json *json, const char *key, bool value)
{
	json_printf(json, key, "%s", value ? "true" : "false");
}

static void put_size(struct json *json, const char *key, uint64_t size)
{
	json_printf(json, key, "%" PRIu64, size);
}

static void put_address(struct json *json, uint64_t address)
{
	json_printf(json, "address", "\"0x%" PRIx64 "\"", address);
}

static void put_owner(struct json *json, const struct image *img, const struct item *item)
{
	const struct source *source = &img->sources[item->source];

	json_open(json, "owner", '{');
	json_text(json, "module", item->module);
	json_text(json, "module_from", module_from_names[item->module_from]);
	json_text(json, "source", source->path);
	json_text(json, "source_from", source_from_names[item->source_from]);
	put_bool(json, "full_path", source->full);
	json_close(json, '}');
}

static void put_aliases(struct json *json, const struct item *item)
{
	bool valid = true;

	json_open(json, "aliases", '[');
	for (size_t i = 1; i < item->nr_names; i++)
		valid &= json_text(json, NULL, item->names[i].name);
	json_close(json, ']');
	if (valid)
		return;
	json_open(json, "aliases_hex", '[');
	for (size_t i = 1; i < item->nr_names; i++)
		json_hex(json, NULL, item->names[i].name);
	json_close(json, ']');
}

static void put_item(struct json *json, const struct image *img, const struct item *item)
{
	json_open(json, NULL, '{');
	json_text(json, "name", item->names[0].name);
	json_text(json, "kind", item_kind_names[item->kind]);
	put_aliases(json, item);
	put_address(json, item->address);
	put_size(json, "size", item->size);
	put_size(json, "padding", item->padding);
	put_owner(json, img, item);
	json_close(json, '}');
}

static void put_sections(struct json *json, const struct image *img)
{
	const struct item *item = img->items, *end = item + img->nr_items;

	for (size_t i = 0; i < img->nr_sections; i++) {
		const struct section *sec = &img->sections[i];

		if (!sec->wanted)
			continue;
		json_open(json, NULL, '{');
		json_text(json, "name", sec->name);
		json_text(json, "phase", phase_names[sec->phase]);
		json_text(json, "lifetime", lifetime_names[sec->lifetime]);
		put_address(json, sec->address);
		put_size(json, "size", sec->size);
		put_size(json, "unnamed", sec->unnamed);
		json_open(json, "items", '[');
		for (; item < end && item->section == i; item++)
			put_item(json, img, item);
		json_close(json, ']');
		json_close(json, '}');
	}
}

static void put_module(struct json *json, const struct image *img)
{
	json_open(json, "module", '{');
	json_text(json, "name", img->module);
	json_text(json, "vermagic", img->vermagic);
	json_printf(json, "can_unload", "%s", img->is_debug ? "null" :
		    img->can_unload ? "true" : "false");
	json_close(json, '}');
}

/* Null where it cannot be told. */
static void put_pages_of(struct json *json, const char *key, int64_t pages)
{
	if (pages < 0)
		json_text(json, key, NULL);
	else
		json_printf(json, key, "%" PRId64, pages);
}

static void put_pages(struct json *json, const struct image *img, bool filtered)
{
	json_open(json, "pages", '{');
	put_pages_of(json, "given_back", gain_of(img, filtered).pages);
	for (size_t i = 0; i < NR_LIFETIMES; i++)
		put_pages_of(json, lifetime_keys[i], pages_of(img, i, filtered));
	json_close(json, '}');
}

static void put_about(struct json *json, const struct image *img)
{
	char *hash = img->config ? config_hash(img->config) : NULL;

	json_text(json, "release", img->release);
	json_text(json, "compiler", img->compiler);
	json_text(json, "config_hash", hash);
	json_text(json, "config", img->config);
	free(hash);
}

/* What was asked for: --baseline asks the other file the same. */
void list_json_filter(const struct filter *filter)
{
	struct json json = { .out = stdout };

	json_open(&json, NULL, '{');
	json_open(&json, "sections", '[');
	for (size_t i = 0; i < filter->nr_sections; i++)
		json_text(&json, NULL, filter->sections[i]);
	json_close(&json, ']');
	json_text(&json, "owner", filter->owner);
	json_text(&json, "driver", filter->driver);
	json_close(&json, '}');
}

/* Prints one image. */
void list_json(const struct image *img, bool filtered)
{
	struct json json = { .out = stdout };

	json_open(&json, NULL, '{');
	json_text(&json, "file", img->path);
	json_text(&json, "kind", image_kind_names[img->kind]);
	json_text(&json, "machine", dwelf_elf_e_machine_string(img->ehdr.e_machine));
	if (img->kind == IMAGE_MODULE)
		put_module(&json, img);
	else
		json_text(&json, "module", NULL);
	put_about(&json, img);
	put_pages(&json, img, filtered);
	json_open(&json, "sections", '[');
	put_sections(&json, img);
	if (img->discarded)
		put_sections(&json, img->discarded);
	json_close(&json, ']');
	json_close(&json, '}');
}
