// SPDX-License-Identifier: GPL-2.0-only
/*
 * The report for programs. Numbers are bytes; addresses are hexadecimal
 * strings, since many readers of JSON hold numbers as doubles.
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

static json_object *json_function(const struct image *img,
				  const struct function *fn)
{
	json_object *obj = json_object_new_object();
	json_object *aliases = json_object_new_array();
	json_object *owner = json_object_new_object();

	for (size_t i = 1; i < fn->nr_names; i++)
		json_object_array_add(aliases,
				      json_object_new_string(fn->names[i].name));
	json_object_object_add(owner, "module", string_or_null(fn->module));
	json_object_object_add(owner, "source",
			       string_or_null(img->units[fn->unit].source));
	json_object_object_add(owner, "evidence",
			       json_object_new_string(evidence_name(fn->evidence)));

	json_object_object_add(obj, "name",
			       json_object_new_string(fn->names[0].name));
	json_object_object_add(obj, "aliases", aliases);
	json_object_object_add(obj, "address", address(fn->address));
	json_object_object_add(obj, "size", json_object_new_uint64(fn->size));
	json_object_object_add(obj, "owner", owner);
	return obj;
}

static json_object *json_section(const struct image *img, uint32_t index)
{
	const struct section *sec = &img->sections[index];
	json_object *obj = json_object_new_object();
	json_object *functions = json_object_new_array();
	uint64_t sum = 0;

	for (size_t i = 0; i < img->nr_functions; i++) {
		const struct function *fn = &img->functions[i];

		if (fn->section != index)
			continue;
		json_object_array_add(functions, json_function(img, fn));
		sum += fn->size;
	}
	json_object_object_add(obj, "name", json_object_new_string(sec->name));
	json_object_object_add(obj, "phase",
			       json_object_new_string(phase_name(sec->phase)));
	json_object_object_add(obj, "lifetime",
			       json_object_new_string(lifetime_name(sec->lifetime)));
	json_object_object_add(obj, "address", address(sec->address));
	json_object_object_add(obj, "size", json_object_new_uint64(sec->size));
	json_object_object_add(obj, "functions_size", json_object_new_uint64(sum));
	json_object_object_add(obj, "functions", functions);
	return obj;
}

static json_object *json_module(const struct image *img)
{
	json_object *obj = json_object_new_object();

	json_object_object_add(obj, "name", json_object_new_string(img->module));
	json_object_object_add(obj, "vermagic",
			       json_object_new_string(img->vermagic));
	json_object_object_add(obj, "can_unload",
			       json_object_new_boolean(img->can_unload));
	return obj;
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
	bool module = img->kind == IMAGE_MODULE;
	json_object *obj = json_object_new_object();
	json_object *sections = json_object_new_array();

	for (size_t i = 0; i < img->nr_sections; i++)
		json_object_array_add(sections, json_section(img, i));

	json_object_object_add(obj, "file", json_object_new_string(img->path));
	json_object_object_add(obj, "kind", json_object_new_string(module ?
								   "module" : "vmlinux"));
	json_object_object_add(obj, "machine", string_or_null(machine));
	json_object_object_add(obj, "module", module ? json_module(img) : NULL);
	json_object_object_add(obj, "sections", sections);
	return obj;
}
