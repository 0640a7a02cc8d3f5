// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the linker left out: exit sections of vmlinux.o that RUNTIME_DISCARD_EXIT or
 * EXIT_DISCARDS in include/asm-generic/vmlinux.lds.h name, and before 7.3 the pointers
 * to the exit functions, on every architecture.
 */

#include <stdlib.h>
#include <string.h>

#include "inspector.h"

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
static void count_found(const struct image *img, const struct wanted *names,
			size_t nr, size_t *found)
{
	GElf_Shdr shdr;
	Elf_Data *symtab = elf_getdata(img->symtab, NULL);
	size_t nr_symbols;

	if (!symtab || !gelf_getshdr(img->symtab, &shdr))
		return;
	nr_symbols = symtab->d_size / gelf_fsize(img->elf, ELF_T_SYM, 1, EV_CURRENT);
	for (size_t i = 1; i < nr_symbols; i++) {
		struct wanted key = { 0 }, *hit;
		GElf_Sym sym;

		if (!gelf_getsym(symtab, i, &sym) || sym.st_shndx == SHN_UNDEF)
			continue;
		key.name = elf_strptr(img->elf, shdr.sh_link, sym.st_name);
		hit = key.name ? bsearch(&key, names, nr, sizeof(*names),
					 compare_wanted) : NULL;
		if (hit)
			found[hit->section]++;
	}
}

/* A section goes as a whole; a name alone can stand elsewhere by chance. */
static bool is_discarded(const struct image *obj, uint32_t section, size_t found)
{
	size_t nr = 0;

	for (size_t i = 0; i < obj->nr_items; i++)
		nr += obj->items[i].section == section;
	return obj->sections[section].phase == PHASE_EXIT && 2 * found < nr;
}

/**
 * discarded_keep() - keep only what the linker left out
 * @obj: vmlinux.o, read
 * @img: the vmlinux made from it, read
 */
void discarded_keep(struct image *obj, const struct image *img)
{
	size_t nr, kept = 0, *found = must_alloc(obj->nr_sections, sizeof(*found));
	struct wanted *names = exit_names(obj, &nr);

	count_found(img, names, nr, found);
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
}
