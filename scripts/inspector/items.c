// SPDX-License-Identifier: GPL-2.0-only
/* What lies where: symbols become items that add up to their section. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "inspector.h"

/* The names that the init and exit functions of every module have beside their own. */
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
	complain(img->path, sec->name, "symbol %s, %" PRIu64 " bytes at %s 0x%" PRIx64
		 ", does not lie inside the section (%" PRIu64 " bytes at 0x%" PRIx64 ")",
		 sym->name, sym->size, img->kind == IMAGE_VMLINUX ? "address" : "offset",
		 sym->address, sec->size, sec->address);
	return -1;
}

/* The names at one address; of what has a size neither labels nor padding are aliases. */
static size_t count_names(const struct symbol *first, const struct symbol *end)
{
	const struct symbol *sym = first;

	while (sym < end && sym->address == first->address &&
	       (first->kind == ITEM_ASSEMBLER || sym->kind < ITEM_PADDING))
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

/**
 * struct fill - how far a section's bytes are given out
 * @sec: the section
 * @covered: address of the first byte that is not given out
 * @label: the last item, if it is a label, or NULL
 * @padded: the function at this address gets the bytes from @covered on, 0: none
 */
struct fill {
	struct section *sec;
	uint64_t covered;
	struct item *label;
	uint64_t padded;
};

/* What begins at @address ends what was before. Returns the bytes of its padding. */
static uint64_t end_before(struct fill *fill, uint64_t address)
{
	uint64_t padding = 0;

	if (fill->label)
		fill->label->size += address - fill->label->address;
	else if (address > fill->covered && address == fill->padded)
		padding = address - fill->covered;
	else if (address > fill->covered)
		fill->sec->unnamed += address - fill->covered;
	if (address > fill->covered)
		fill->covered = address;
	fill->label = NULL;
	fill->padded = 0;
	return padding;
}

/*
 * Padding belongs to the function of its name, behind it: clang's __cfi_NAME can end some
 * NOPs before NAME. objtool's __pfx_NAME ends where NAME begins, whatever that is called
 * now.
 */
static bool has_function(const struct symbol *padding, const struct symbol *next,
			 const struct symbol *end)
{
	uint64_t behind = padding->address + padding->size;
	const struct symbol *sym;

	if (next == end || next->address < behind)
		return false;
	for (sym = next; sym < end && sym->address == next->address; sym++)
		if (is_padding_of(padding->name, sym->name))
			return true;
	return next->address == behind && !is_cfi_name(padding->name);
}

/*
 * Its bytes are given to the function behind it, or to nothing. Returns false if the
 * symbols up to @next are functions by themselves, as __cfi_check is.
 */
static bool fill_padding(struct fill *fill, struct symbol *first, struct symbol *next,
			 const struct symbol *end)
{
	bool found = has_function(first, next, end);

	if (!found && is_cfi_name(first->name)) {
		for (struct symbol *sym = first; sym < next; sym++)
			if (sym->kind == ITEM_PADDING)
				sym->kind = ITEM_FUNCTION;
		return false;
	}
	/* Padding of padding: the first one's bytes are the function's too. */
	if (first->address != fill->padded)
		end_before(fill, first->address);
	fill->padded = found ? next->address : 0;
	return true;
}

static void fill_item(struct fill *fill, struct image *img, const struct symbol *first,
		      const struct symbol *next, uint64_t size)
{
	uint64_t padding = end_before(fill, first->address), end = first->address + size;
	struct item *item = add_item(img, first, count_names(first, next));

	item->padding = padding;
	item->size = padding;
	if (!size)
		fill->label = item;
	if (end > fill->covered) {
		item->size += end - fill->covered;
		fill->covered = end;
	}
}

/*
 * Gives out a section's bytes in the order of their addresses, none twice. A
 * label gets what is behind it, up to the next symbol, unless it is inside
 * something.
 */
static int fill_section(struct image *img, struct section *sec,
			struct symbol *sym, const struct symbol *end)
{
	struct fill fill = { .sec = sec, .covered = sec->address };
	uint64_t section_end = sec->address + sec->size;

	while (sym < end) {
		struct symbol *first = sym;
		uint64_t size = 0;

		while (sym < end && sym->address == first->address) {
			if (sym->size > size &&
			    (sym->kind != ITEM_PADDING || first->kind == ITEM_PADDING))
				size = sym->size;
			if (sym->size && check_symbol(img, sec, sym))
				return -1;
			sym++;
		}
		if (!size && (first->address < fill.covered || first->address >= section_end))
			continue;
		if (first->kind != ITEM_PADDING || !fill_padding(&fill, first, sym, end))
			fill_item(&fill, img, first, sym, size);
	}
	fill.padded = 0;
	end_before(&fill, section_end);
	return 0;
}

/* Sets the items, and the unnamed bytes of sections. */
int items_make(struct image *img)
{
	struct symbol *sym = img->symbols, *end = sym + img->nr_symbols;

	qsort(img->symbols, img->nr_symbols, sizeof(*img->symbols),
	      compare_symbols);
	img->items = must_alloc(img->nr_symbols, sizeof(*img->items));
	for (size_t i = 0; i < img->nr_sections; i++) {
		struct symbol *first = sym;

		while (sym < end && sym->section == i)
			sym++;
		if (fill_section(img, &img->sections[i], first, sym))
			return -1;
	}
	return 0;
}
