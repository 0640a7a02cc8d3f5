// SPDX-License-Identifier: GPL-2.0-only
/* What lies where: symbols become items that add up to their section. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "inspector.h"

/* The names that every module's routines have, besides their own. */
static bool is_generic(const struct symbol *sym)
{
	return !strcmp(sym->name, "init_module") ||
	       !strcmp(sym->name, "cleanup_module");
}

/* By section and address, there the own name of what has a size first. */
static int compare_symbols(const void *pa, const void *pb)
{
	const struct symbol *a = pa, *b = pb;
	int ret;

	ret = COMPARE(a->section, b->section);
	if (!ret)
		ret = COMPARE(a->address, b->address);
	if (!ret)
		ret = COMPARE(a->kind, b->kind);
	if (!ret)
		ret = COMPARE(is_generic(a), is_generic(b));
	if (!ret)
		ret = COMPARE(b->local, a->local);
	if (!ret)
		ret = strcmp(a->name, b->name);
	return ret;
}

/* Every symbol lies in its section; those without a size can be elsewhere. */
static int check_symbol(const struct image *img, const struct section *sec,
			const struct symbol *sym)
{
	uint64_t offset = sym->address - sec->address;

	if (sym->address >= sec->address && offset <= sec->size &&
	    sym->size <= sec->size - offset)
		return 0;
	complain(img->path, sec->name,
		 "symbol %s, %" PRIu64 " bytes at 0x%" PRIx64
		 ", is not inside this section (%" PRIu64 " bytes at 0x%" PRIx64 ")",
		 sym->name, sym->size, sym->address, sec->size, sec->address);
	return -1;
}

/* The names at one address; of what has a size labels are no aliases. */
static size_t count_names(const struct symbol *first, const struct symbol *end)
{
	const struct symbol *sym = first;

	while (sym < end && sym->address == first->address &&
	       (first->kind == ITEM_ASSEMBLER || sym->kind != ITEM_ASSEMBLER))
		sym++;
	return sym - first;
}

static struct item *add_item(struct image *img, const struct symbol *names,
			     size_t nr_names)
{
	struct item *item = &img->items[img->nr_items++];

	item->names = names;
	item->nr_names = nr_names;
	item->address = names->address;
	item->section = names->section;
	item->unit = names->unit;
	item->kind = names->kind;
	return item;
}

/*
 * Gives out a section's bytes in the order of their addresses, none twice. A
 * label gets what is behind it, up to the next symbol, unless it is inside
 * something.
 */
static int fill_section(struct image *img, struct section *sec,
			const struct symbol *sym, const struct symbol *end)
{
	uint64_t covered = sec->address, section_end = sec->address + sec->size;
	struct item *label = NULL;

	while (sym < end) {
		const struct symbol *first = sym;
		uint64_t size = 0;
		struct item *item;

		while (sym < end && sym->address == first->address) {
			if (sym->size > size)
				size = sym->size;
			if (sym->size && check_symbol(img, sec, sym))
				return -1;
			sym++;
		}
		if (!size && (first->address < covered || first->address >= section_end))
			continue;

		if (label)
			label->size = first->address - label->address;
		else if (first->address > covered)
			sec->unnamed += first->address - covered;
		if (first->address > covered)
			covered = first->address;

		item = add_item(img, first, count_names(first, sym));
		label = size ? NULL : item;
		if (first->address + size > covered) {
			item->size = first->address + size - covered;
			covered = first->address + size;
		}
	}
	if (label)
		label->size = section_end - label->address;
	else
		sec->unnamed += section_end - covered;
	return 0;
}

/**
 * items_make() - make the items from the symbols
 * @img: with its symbols read; sets items, and the unnamed bytes of sections
 *
 * Return: 0, or -1 after a message.
 */
int items_make(struct image *img)
{
	const struct symbol *sym = img->symbols;
	const struct symbol *end = sym + img->nr_symbols;

	qsort(img->symbols, img->nr_symbols, sizeof(*img->symbols),
	      compare_symbols);
	img->items = must_alloc(img->nr_symbols, sizeof(*img->items));
	for (size_t i = 0; i < img->nr_sections; i++) {
		const struct symbol *first = sym;

		while (sym < end && sym->section == i)
			sym++;
		if (fill_section(img, &img->sections[i], first, sym))
			return -1;
	}
	return 0;
}
