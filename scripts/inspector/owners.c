// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose each item is: its source file, and its module.
 *
 * The module in an initcall's symbol is KBUILD_MODNAME: for code that can be no
 * module it is the name of the object, and several objects can have one name
 * (core). The reports give the source file beside it.
 */

#include <stdlib.h>
#include <string.h>

#include "inspector.h"

/* All that follows one STT_FILE symbol is of the compile unit that one of it is. */
static uint32_t find_unit_source(struct image *img, const struct unit *unit)
{
	const char *path;

	if (img->debug)
		return unit->section ?
		       debug_source(img, unit->section, unit->address) : 0;
	path = objects_file(img, img->sources[unit->source].path);
	return path ? image_add_source(img, path, true) : 0;
}

static uint32_t unit_source(struct image *img, uint32_t index)
{
	struct unit *unit = &img->units[index];
	uint32_t source = unit->asked ? 0 : find_unit_source(img, unit);

	unit->asked = true;
	if (source)
		unit->source = source;
	return unit->source;
}

static bool is_code(const struct image *img, const struct item *item)
{
	return img->sections[item->section].flags & SHF_EXECINSTR;
}

static void source_by_debug(struct image *img, struct item *item)
{
	if (!is_code(img, item))
		return;
	item->source = debug_source(img, img->sections[item->section].index,
				    item->address);
	if (item->source)
		item->source_from = SOURCE_FROM_DEBUG;
}

static void source_by_unit(struct image *img, struct item *item)
{
	if (!item->unit)
		return;
	item->source = unit_source(img, item->unit);
	if (!img->sources[item->source].full)
		item->source_from = SOURCE_FROM_SYMBOL;
	else
		item->source_from = img->debug ? SOURCE_FROM_DEBUG_UNIT :
						 SOURCE_FROM_OBJECT;
}

static void source_by_object(struct image *img, struct item *item)
{
	const char *path = item->names->local ? NULL :
			   objects_symbol(img, item->names->name);

	if (!path)
		return;
	item->source = image_add_source(img, path, true);
	item->source_from = SOURCE_FROM_OBJECT;
}

static void set_source(struct image *img, struct item *item)
{
	source_by_debug(img, item);
	if (!item->source)
		source_by_unit(img, item);
	if (!item->source)
		source_by_object(img, item);
}

static bool same_source(const struct image *img, const struct item *a,
			const struct item *b)
{
	return a->source == b->source ||
	       (img->sources[a->source].full && img->sources[b->source].full &&
		!strcmp(img->sources[a->source].path, img->sources[b->source].path));
}

/*
 * What the linker takes from one object's section is one piece. Only so of code:
 * a section of data is put together from sections of several names.
 */
static void fill_between(struct image *img)
{
	const struct item *before = NULL;
	size_t first = 0;

	for (size_t i = 0; i < img->nr_items; i++) {
		const struct item *item = &img->items[i];

		if (!item->source)
			continue;
		if (before && before->section == item->section &&
		    same_source(img, before, item) && is_code(img, item))
			for (size_t j = first; j < i; j++) {
				img->items[j].source = item->source;
				img->items[j].source_from = SOURCE_FROM_NEIGHBOURS;
			}
		before = item;
		first = i + 1;
	}
}

/* A source belongs to the module that its initcalls name, if it is only one. */
static void name_sources(struct image *img)
{
	for (size_t i = 0; i < img->nr_initcalls; i++) {
		const struct initcall *call = &img->initcalls[i];
		struct source *source;
		uint32_t index;

		if (!call->unit)
			continue;
		index = unit_source(img, call->unit);	/* can move the sources */
		source = &img->sources[index];
		if (!source->module)
			source->module = image_own(img, must_strndup(call->module,
								     call->module_len));
		else if (strlen(source->module) != call->module_len ||
			 memcmp(source->module, call->module, call->module_len))
			source->ambiguous = true;
		source->module_from = MODULE_FROM_SOURCE;
	}
	for (size_t i = 1; i < img->nr_sources; i++)
		if (img->sources[i].ambiguous) {
			img->sources[i].module = NULL;
			img->sources[i].module_from = MODULE_UNKNOWN;
		}
}

static void set_module(struct image *img, struct item *item)
{
	struct source *source = &img->sources[item->source];

	if (source->full && !source->module && !source->asked) {
		source->asked = true;
		source->module = build_module(img, source->path);
		source->module_from = source->module ? MODULE_FROM_BUILD :
						       MODULE_UNKNOWN;
	}
	item->module = source->module;
	item->module_from = source->module_from;
	if (item->module)
		return;
	item->module = ranges_module(img, item->section, item->address);
	if (item->module)
		item->module_from = MODULE_FROM_RANGES;
}

static int compare_names(const void *pa, const void *pb)
{
	const struct item * const *a = pa, * const *b = pb;

	return strcmp((*a)->names->name, (*b)->names->name);
}

/* Name of an item against the FUNCTION of an initcall. */
static int compare_call(const struct initcall *call, const struct item *item)
{
	const char *name = item->names->name;
	int ret = strncmp(call->function, name, call->function_len);

	return ret ? ret : -(name[call->function_len] != '\0');
}

static void name_item(struct image *img, struct item **by_name, size_t nr,
		      struct initcall *call)
{
	size_t low = 0, high = nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_call(call, by_name[mid]) > 0)
			low = mid + 1;
		else
			high = mid;
	}
	/* A static function of that name can be in any unit: take this one's. */
	for (; low < nr; low++) {
		struct item *item = by_name[low];

		if (compare_call(call, item))
			break;
		if (item->names->local && item->unit != call->unit)
			continue;
		call->found = true;
		item->module = image_own(img, must_strndup(call->module,
							   call->module_len));
		item->module_from = MODULE_FROM_INITCALL;
		if (item->source || !call->unit)
			continue;
		item->source = unit_source(img, call->unit);
		item->source_from = SOURCE_FROM_SYMBOL;
	}
}

static void name_items(struct image *img)
{
	struct item **by_name = must_alloc(img->nr_items, sizeof(*by_name));

	size_t nr = 0;

	for (size_t i = 0; i < img->nr_items; i++)
		if (img->items[i].kind == ITEM_FUNCTION)
			by_name[nr++] = &img->items[i];
	qsort(by_name, nr, sizeof(*by_name), compare_names);
	for (size_t i = 0; i < img->nr_initcalls; i++)
		name_item(img, by_name, nr, &img->initcalls[i]);
	free(by_name);
}

/**
 * owners_decide() - set source and module of each item, and how they are known
 * @img: with its items made
 *
 * Return: 0, or -1 after a message.
 */
int owners_decide(struct image *img)
{
	if (debug_open(img))
		return -1;
	if (img->kind == IMAGE_VMLINUX && !img->debug)
		objects_open(img);
	for (size_t i = 0; i < img->nr_items; i++)
		set_source(img, &img->items[i]);
	fill_between(img);

	if (img->kind == IMAGE_MODULE) {
		for (size_t i = 0; img->module && i < img->nr_items; i++) {
			img->items[i].module = img->module;
			img->items[i].module_from = MODULE_FROM_FILE;
		}
		return 0;
	}
	if (img->kind == IMAGE_VMLINUX) {
		build_open(img);
		if (ranges_read(img))
			return -1;
	}
	name_sources(img);
	for (size_t i = 0; i < img->nr_items; i++)
		set_module(img, &img->items[i]);
	name_items(img);
	return 0;
}

/**
 * owners_know() - whether anything says that a module is part of an image
 * @img: with owners decided
 * @module: name
 *
 * A module can be there and have nothing in the sections that were looked at.
 */
bool owners_know(const struct image *img, const char *module)
{
	if (img->module && module_name_equal(img->module, module))
		return true;
	for (size_t i = 0; i < img->nr_sources; i++)
		if (img->sources[i].module &&
		    module_name_equal(img->sources[i].module, module))
			return true;
	for (size_t i = 0; i < img->nr_ranges; i++)
		if (module_name_equal(img->ranges[i].module, module))
			return true;
	return build_has_module(img, module);
}
