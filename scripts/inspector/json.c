// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list for programs; sections.1 describes it. Numbers are bytes; addresses are
 * hexadecimal strings, since many readers of JSON hold numbers as doubles.
 */

#include <elfutils/libdwelf.h>
#include <inttypes.h>
#include <json-c/json.h>

#include "inspector.h"

static json_object *string_or_null(const char *s)
{
	return s ? json_object_new_string(s) : NULL;
}

static json_object *address(uint64_t addr)
{
	char text[sizeof("0x") + 16];

	snprintf(text, sizeof(text), "0x%" PRIx64, addr);
	return json_object_new_string(text);
}

static json_object *json_owner(const struct image *img, const struct item *item)
{
	const struct source *source = &img->sources[item->source];
	json_object *obj = json_object_new_object();

	json_object_object_add(obj, "module", string_or_null(item->module));
	json_object_object_add(obj, "module_from",
			       json_object_new_string(module_from_name(item->module_from)));
	json_object_object_add(obj, "source", string_or_null(source->path));
	json_object_object_add(obj, "source_from",
			       json_object_new_string(source_from_name(item->source_from)));
	json_object_object_add(obj, "full_path", json_object_new_boolean(source->full));
	return obj;
}

static json_object *json_item(const struct image *img, const struct item *item)
{
	json_object *obj = json_object_new_object();
	json_object *aliases = json_object_new_array();

	for (size_t i = 1; i < item->nr_names; i++)
		json_object_array_add(aliases,
				      json_object_new_string(item->names[i].name));
	json_object_object_add(obj, "name",
			       json_object_new_string(item->names[0].name));
	json_object_object_add(obj, "kind",
			       json_object_new_string(item_kind_name(item->kind)));
	json_object_object_add(obj, "aliases", aliases);
	json_object_object_add(obj, "address", address(item->address));
	json_object_object_add(obj, "size", json_object_new_uint64(item->size));
	json_object_object_add(obj, "padding", json_object_new_uint64(item->padding));
	json_object_object_add(obj, "owner", json_owner(img, item));
	return obj;
}

static json_object *json_section(const struct image *img, uint32_t index)
{
	const struct section *sec = &img->sections[index];
	json_object *obj = json_object_new_object();
	json_object *items = json_object_new_array();

	for (size_t i = 0; i < img->nr_items; i++)
		if (img->items[i].section == index)
			json_object_array_add(items, json_item(img, &img->items[i]));
	json_object_object_add(obj, "name", json_object_new_string(sec->name));
	json_object_object_add(obj, "phase",
			       json_object_new_string(phase_name(sec->phase)));
	json_object_object_add(obj, "lifetime",
			       json_object_new_string(lifetime_name(sec->lifetime)));
	json_object_object_add(obj, "address", address(sec->address));
	json_object_object_add(obj, "size", json_object_new_uint64(sec->size));
	json_object_object_add(obj, "unnamed", json_object_new_uint64(sec->unnamed));
	json_object_object_add(obj, "items", items);
	return obj;
}

static void add_sections(json_object *array, const struct image *img)
{
	for (size_t i = 0; i < img->nr_sections; i++)
		if (img->sections[i].wanted)
			json_object_array_add(array, json_section(img, i));
}

static json_object *json_module(const struct image *img)
{
	json_object *obj = json_object_new_object();

	json_object_object_add(obj, "name", string_or_null(img->module));
	json_object_object_add(obj, "vermagic", string_or_null(img->vermagic));
	json_object_object_add(obj, "can_unload", img->is_debug ? NULL :
			       json_object_new_boolean(img->can_unload));
	return obj;
}

static const char *kind_name(const struct image *img)
{
	static const char * const names[] = {
		[IMAGE_VMLINUX]	= "vmlinux",
		[IMAGE_MODULE]	= "module",
		[IMAGE_OBJECT]	= "object",
	};

	return names[img->kind];
}

/**
 * json_image() - an image as JSON
 * @img: with everything decided
 *
 * Return: a new object, to be put or added to another by the caller.
 */
struct json_object *json_image(const struct image *img)
{
	const char *machine = dwelf_elf_e_machine_string(img->ehdr.e_machine);
	json_object *obj = json_object_new_object();
	json_object *sections = json_object_new_array();

	add_sections(sections, img);
	if (img->discarded)
		add_sections(sections, img->discarded);
	json_object_object_add(obj, "file", json_object_new_string(img->path));
	json_object_object_add(obj, "kind", json_object_new_string(kind_name(img)));
	json_object_object_add(obj, "machine", string_or_null(machine));
	json_object_object_add(obj, "module", img->kind == IMAGE_MODULE ?
			       json_module(img) : NULL);
	json_object_object_add(obj, "sections", sections);
	return obj;
}
