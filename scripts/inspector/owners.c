// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decides the owner of each item: its source file, and its module. Both ask the evidence
 * in a declared order; the first answer counts.
 *
 * The module in an initcall's symbol is KBUILD_MODNAME: for code that cannot be a module
 * it is the name of the object, and several objects can have one name (core). That is why
 * the reports give the source file beside it.
 */

#include <stdlib.h>
#include <string.h>

#include "inspector.h"
#include "evidence/evidence.h"

static bool is_code(const struct image *img, const struct item *item)
{
	return img->sections[item->section].flags & SHF_EXECINSTR;
}

static uint32_t ask_debug(const struct image *img, const struct item *item,
			  enum source_from from)
{
	(void)from;
	return is_code(img, item) ? debug_source(img, img->sections[item->section].index,
						 item->address) : 0;
}

/* The source file of an item's unit, if it is known that way. */
static uint32_t ask_unit(const struct image *img, const struct item *item,
			 enum source_from from)
{
	const struct unit *unit = &img->units[item->unit];

	return item->unit && unit->from == from ? unit->source : 0;
}

static uint32_t ask_objects(const struct image *img, const struct item *item,
			    enum source_from from)
{
	(void)from;
	return item->names->local ? 0 : objects_source(img, item->names->name);
}

static const struct {
	enum source_from from;
	uint32_t (*ask)(const struct image *img, const struct item *item,
			enum source_from from);
} source_evidence[] = {
	{ SOURCE_FROM_DEBUG, ask_debug },
	{ SOURCE_FROM_DEBUG_UNIT, ask_unit },
	{ SOURCE_FROM_OBJECT, ask_unit },
	{ SOURCE_FROM_SYMBOL, ask_unit },
	{ SOURCE_FROM_OBJECT, ask_objects },
};

static void decide_source(const struct image *img, struct item *item)
{
	for (size_t i = 0; i < ARRAY_SIZE(source_evidence) && !item->source; i++) {
		item->source = source_evidence[i].ask(img, item, source_evidence[i].from);
		if (item->source)
			item->source_from = source_evidence[i].from;
	}
}

static bool same_source(const struct image *img, const struct item *a,
			const struct item *b)
{
	return a->source == b->source ||
	       (img->sources[a->source].full && img->sources[b->source].full &&
		!strcmp(img->sources[a->source].path, img->sources[b->source].path));
}

/*
 * The linker takes one object's part of a section as one piece. That holds for code only:
 * a section of data is made of sections with several names.
 */
static void decide_between(struct image *img)
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

static const char *own_module(struct image *img, const struct initcall *call)
{
	return image_own(img, must_strndup(call->module, call->module_len));
}

/* A source file belongs to the module that its initcalls name, if they name only one. */
static void name_sources(struct image *img)
{
	for (size_t i = 0; i < img->nr_initcalls; i++) {
		const struct initcall *call = &img->initcalls[i];
		struct source *source = &img->sources[img->units[call->unit].source];

		if (!call->unit)
			continue;
		if (!source->module)
			source->module = own_module(img, call);
		else if (strlen(source->module) != call->module_len ||
			 memcmp(source->module, call->module, call->module_len))
			source->ambiguous = true;
	}
	for (size_t i = 1; i < img->nr_sources; i++)
		if (img->sources[i].ambiguous)
			img->sources[i].module = NULL;
}

static int compare_names(const void *pa, const void *pb)
{
	const struct item * const *a = pa, * const *b = pb;

	return strcmp((*a)->names->name, (*b)->names->name);
}

/* The FUNCTION of an initcall against the name of an item. */
static int compare_call(const struct initcall *call, const struct item *item)
{
	const char *name = item->names->name;
	int ret = strncmp(call->function, name, call->function_len);

	return ret ? ret : -(name[call->function_len] != '\0');
}

static void name_function(struct image *img, struct item **by_name, size_t nr,
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
	/* Any unit can have a static function of that name: take this unit's. */
	for (; low < nr && !compare_call(call, by_name[low]); low++) {
		struct item *item = by_name[low];

		if (item->names->local && item->unit != call->unit)
			continue;
		call->found = true;
		item->module = own_module(img, call);
		item->module_from = MODULE_FROM_INITCALL;
		if (item->source || !call->unit)
			continue;
		item->source = img->units[call->unit].source;
		item->source_from = SOURCE_FROM_SYMBOL;
	}
}

/* The functions that initcalls name belong to the modules that these name. */
static void name_functions(struct image *img)
{
	struct item **by_name;
	size_t nr = 0;

	if (!img->nr_initcalls)
		return;
	by_name = must_alloc(img->nr_items, sizeof(*by_name));
	for (size_t i = 0; i < img->nr_items; i++)
		if (img->items[i].kind == ITEM_FUNCTION)
			by_name[nr++] = &img->items[i];
	qsort(by_name, nr, sizeof(*by_name), compare_names);
	for (size_t i = 0; i < img->nr_initcalls; i++)
		name_function(img, by_name, nr, &img->initcalls[i]);
	free(by_name);
}

static const char *ask_file(const struct image *img, const struct item *item)
{
	(void)item;
	return img->module;
}

static const char *ask_initcalls(const struct image *img, const struct item *item)
{
	return img->sources[item->source].module;
}

static const char *ask_build(const struct image *img, const struct item *item)
{
	return img->sources[item->source].built_for;
}

static const char *ask_ranges(const struct image *img, const struct item *item)
{
	return ranges_module(img, item->section, item->address);
}

/* name_functions() has asked for MODULE_FROM_INITCALL before. */
static const struct {
	enum module_from from;
	const char *(*ask)(const struct image *img, const struct item *item);
} module_evidence[] = {
	{ MODULE_FROM_FILE, ask_file },
	{ MODULE_FROM_SOURCE, ask_initcalls },
	{ MODULE_FROM_BUILD, ask_build },
	{ MODULE_FROM_RANGES, ask_ranges },
};

static void decide_module(const struct image *img, struct item *item)
{
	for (size_t i = 0; i < ARRAY_SIZE(module_evidence) && !item->module; i++) {
		item->module = module_evidence[i].ask(img, item);
		if (item->module)
			item->module_from = module_evidence[i].from;
	}
}

void owners_decide(struct image *img)
{
	for (size_t i = 0; i < img->nr_items; i++)
		decide_source(img, &img->items[i]);
	decide_between(img);
	name_sources(img);
	name_functions(img);
	for (size_t i = 0; i < img->nr_items; i++)
		decide_module(img, &img->items[i]);
}

/*
 * Whether anything says that a module is part of an image. It can be, and have nothing in
 * the sections that were asked for.
 */
bool owners_know(const struct image *img, const char *module)
{
	if (img->module && module_name_equal(img->module, module))
		return true;
	for (size_t i = 0; i < img->nr_sources; i++) {
		const struct source *source = &img->sources[i];

		if ((source->module && module_name_equal(source->module, module)) ||
		    (source->built_for && module_name_equal(source->built_for, module)))
			return true;
	}
	for (size_t i = 0; i < img->nr_ranges; i++)
		if (module_name_equal(img->ranges[i].module, module))
			return true;
	return build_has_module(img, module);
}
