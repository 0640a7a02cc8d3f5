// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose each function is, from what a file without debug information says.
 *
 * The module in an initcall's symbol is KBUILD_MODNAME: for code that can be no
 * module it is the name of the object, and several objects can have one name
 * (core). The reports give the source file beside it.
 */

#include <stdlib.h>
#include <string.h>

#include "inspector.h"

/* A unit belongs to the module that its initcalls name, if it is only one. */
static void name_units(struct image *img)
{
	for (size_t i = 0; i < img->nr_initcalls; i++) {
		const struct initcall *call = &img->initcalls[i];
		struct unit *unit = &img->units[call->unit];

		if (unit->module && strcmp(unit->module, call->module))
			unit->ambiguous = true;
		unit->module = call->module;
	}
	/* The first one is no unit. */
	img->units[0].module = NULL;
}

static const char *unit_module(const struct image *img, uint32_t unit)
{
	return img->units[unit].ambiguous ? NULL : img->units[unit].module;
}

static void set_owner(const struct image *img, struct function *fn,
		      uint32_t unit, enum evidence evidence)
{
	fn->unit = unit;
	fn->module = unit_module(img, unit);
	fn->evidence = fn->module ? evidence : EVIDENCE_SOURCE;
}

/* What the linker takes from one object's section is one piece. */
static void fill_between(struct image *img)
{
	const struct function *before = NULL;
	size_t first = 0;

	for (size_t i = 0; i < img->nr_functions; i++) {
		const struct function *fn = &img->functions[i];

		if (!fn->unit)
			continue;
		if (before && before->section == fn->section &&
		    before->unit == fn->unit)
			for (size_t j = first; j < i; j++)
				set_owner(img, &img->functions[j], fn->unit,
					  EVIDENCE_BETWEEN);
		before = fn;
		first = i + 1;
	}
}

static int compare_names(const void *pa, const void *pb)
{
	const struct function * const *a = pa, * const *b = pb;

	return strcmp((*a)->names->name, (*b)->names->name);
}

/* Name of a function against the FUNCTION of an initcall. */
static int compare_call(const struct initcall *call, const struct function *fn)
{
	const char *name = fn->names->name;
	int ret = strncmp(call->function, name, call->function_len);

	return ret ? ret : -(name[call->function_len] != '\0');
}

static void name_function(const struct image *img, struct function **by_name,
			  const struct initcall *call)
{
	size_t low = 0, high = img->nr_functions;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_call(call, by_name[mid]) > 0)
			low = mid + 1;
		else
			high = mid;
	}
	/* A static function of that name can be in any unit: take this one's. */
	for (; low < img->nr_functions; low++) {
		struct function *fn = by_name[low];

		if (compare_call(call, fn))
			break;
		if (fn->names->local && fn->names->unit != call->unit)
			continue;
		fn->unit = call->unit;
		fn->module = call->module;
		fn->evidence = EVIDENCE_INITCALL;
	}
}

static void name_functions(struct image *img)
{
	struct function **by_name = must_alloc(img->nr_functions,
					       sizeof(*by_name));

	for (size_t i = 0; i < img->nr_functions; i++)
		by_name[i] = &img->functions[i];
	qsort(by_name, img->nr_functions, sizeof(*by_name), compare_names);
	for (size_t i = 0; i < img->nr_initcalls; i++)
		name_function(img, by_name, &img->initcalls[i]);
	free(by_name);
}

/**
 * owners_decide() - set module, unit and evidence of each function
 * @img: with its symbols read
 *
 * In a vmlinux a module's functions are known where they share a source file
 * with its initcall; of the others only the source file's base name is known,
 * or nothing.
 */
void owners_decide(struct image *img)
{
	if (img->kind == IMAGE_MODULE) {
		for (size_t i = 0; i < img->nr_functions; i++) {
			img->functions[i].module = img->module;
			img->functions[i].evidence = EVIDENCE_MODULE;
		}
		return;
	}
	name_units(img);
	for (size_t i = 0; i < img->nr_functions; i++)
		if (img->functions[i].unit)
			set_owner(img, &img->functions[i],
				  img->functions[i].unit, EVIDENCE_FILE);
	fill_between(img);
	name_functions(img);
}
