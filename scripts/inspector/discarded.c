// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the linker left out: exit sections of vmlinux.o that RUNTIME_DISCARD_EXIT or
 * EXIT_DISCARDS in include/asm-generic/vmlinux.lds.h name, and before 7.3 the pointers
 * to the exit functions, on every architecture.
 */

#include <stdlib.h>
#include <string.h>

#include "elf/symtab.h"

/* A name of one of vmlinux.o's exit sections. */
struct wanted {
	const char *name;
	uint32_t section;
};

static int compare_wanted(const void *pa, const void *pb)
{
	const struct wanted *a = pa, *b = pb;

	return strcmp(a->name, b->name);
}

static struct wanted *exit_names(const struct image *obj, size_t *nr)
{
	struct wanted *names = must_alloc(obj->nr_items, sizeof(*names));

	*nr = 0;
	for (size_t i = 0; i < obj->nr_items; i++) {
		const struct item *item = &obj->items[i];

		if (obj->sections[item->section].phase == PHASE_EXIT)
			names[(*nr)++] = (struct wanted){ item->names->name, item->section };
	}
	qsort(names, *nr, sizeof(*names), compare_wanted);
	return names;
}

/* Counts, for each section of the object, how many of its names the image has. */
static int count_found(struct image *img, const struct wanted *names, size_t nr,
		       size_t *found)
{
	struct symtab tab;

	if (symtab_open(&tab, img))
		return -1;
	for (size_t i = 1; i < tab.nr; i++) {
		struct wanted key = { 0 }, *hit;
		struct elf_symbol sym;

		if (symtab_get(&tab, i, &sym))
			return -1;
		key.name = sym.name;
		hit = sym.shndx == SHN_UNDEF ? NULL :
		      bsearch(&key, names, nr, sizeof(*names), compare_wanted);
		if (hit)
			found[hit->section]++;
	}
	return 0;
}

/* A section goes as a whole; a single name can be elsewhere by chance. */
static bool is_discarded(const struct image *obj, uint32_t section, size_t found)
{
	size_t nr = 0;

	for (size_t i = 0; i < obj->nr_items; i++)
		nr += obj->items[i].section == section;
	return obj->sections[section].phase == PHASE_EXIT && 2 * found < nr;
}

/* Keeps of vmlinux.o what the linker left out of the vmlinux made from it. */
int discarded_keep(struct image *obj, struct image *img)
{
	size_t nr, kept = 0, *found = must_alloc(obj->nr_sections, sizeof(*found));
	struct wanted *names = exit_names(obj, &nr);
	int ret = count_found(img, names, nr, found);

	for (size_t i = 0; i < obj->nr_sections; i++) {
		struct section *sec = &obj->sections[i];

		sec->wanted = sec->wanted && is_discarded(obj, i, found[i]);
		if (sec->wanted)
			sec->lifetime = LIFETIME_DISCARDED;
	}
	for (size_t i = 0; i < obj->nr_items; i++)
		if (obj->sections[obj->items[i].section].wanted)
			obj->items[kept++] = obj->items[i];
	obj->nr_items = kept;
	free(names);
	free(found);
	return ret;
}
