// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list for programs; sections.1 describes it. Numbers are bytes; addresses are
 * hexadecimal strings, since many readers of JSON hold numbers as doubles.
 */

#include <elfutils/libdwelf.h>
#include <inttypes.h>

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

/* Prints one image. */
void list_json(const struct image *img)
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
	json_open(&json, "sections", '[');
	put_sections(&json, img);
	if (img->discarded)
		put_sections(&json, img->discarded);
	json_close(&json, ']');
	json_close(&json, '}');
}
