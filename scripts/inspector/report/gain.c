// SPDX-License-Identifier: GPL-2.0-only
/* What __init and __exit give back: bytes, and pages, which is what counts. */

#include <stdlib.h>

#include "gain.h"

#define PAGE_SIZE 4096	/* of most architectures and configurations */

/* Kinds of a module's memory, each in its own pages: enum mod_mem_type in linux/module.h */
enum memory {
	MEMORY_TEXT,
	MEMORY_DATA,
	MEMORY_RODATA,
	NR_MEMORY,
};

static enum memory section_memory(const struct section *sec)
{
	if (sec->flags & SHF_EXECINSTR)
		return MEMORY_TEXT;
	return sec->flags & SHF_WRITE ? MEMORY_DATA : MEMORY_RODATA;
}

#define BIT(nr) (1U << (nr))
#define GIVEN_BACK (BIT(LIFETIME_FREED_AT_BOOT) | BIT(LIFETIME_FREED_AFTER_INIT) | \
		    BIT(LIFETIME_DISCARDED))

/*
 * As __layout_sections() in kernel/module/main.c lays them out: one behind the other.
 * @leave_out: of these lifetimes, as bits
 */
static int64_t module_pages(const struct image *img, unsigned int leave_out)
{
	uint64_t size[NR_MEMORY] = { 0 };
	int64_t pages = 0;

	for (size_t i = 0; i < img->nr_sections; i++) {
		const struct section *sec = &img->sections[i];
		uint64_t *end = &size[section_memory(sec)];

		if (sec->lifetime == LIFETIME_NOT_LOADED || leave_out & BIT(sec->lifetime))
			continue;
		*end += (sec->align - *end % sec->align) % sec->align;
		*end += sec->size;
	}
	for (size_t i = 0; i < NR_MEMORY; i++)
		pages += (size[i] + PAGE_SIZE - 1) / PAGE_SIZE;
	return pages;
}

static void add_gain(struct gain *gain, const struct section *sec, uint64_t bytes)
{
	if (!(GIVEN_BACK & BIT(sec->lifetime)))
		return;
	if (sec->phase == PHASE_INIT)
		gain->init += bytes;
	else if (sec->phase == PHASE_EXIT)
		gain->exit += bytes;
}

/* A built-in driver shares its pages with all others: nothing can be said of them. */
static int64_t pages_given_back(const struct image *img, bool filtered)
{
	if (img->pages)
		return img->pages->given_back;
	if (img->kind == IMAGE_MODULE)
		return module_pages(img, 0) - module_pages(img, GIVEN_BACK);
	if (img->kind == IMAGE_VMLINUX && !filtered && !img->is_um)
		return (img->init_end - img->init_begin) / PAGE_SIZE;
	return -1;
}

/*
 * @filtered: only the items count, not all of the sections. Pages are those of a whole
 * module.
 */
struct gain gain_of(const struct image *img, bool filtered)
{
	struct gain gain = { .pages = pages_given_back(img, filtered) };

	for (; img; img = img->discarded) {
		for (size_t i = 0; i < img->nr_items; i++)
			add_gain(&gain, &img->sections[img->items[i].section],
				 img->items[i].size);
		for (size_t i = 0; i < img->nr_sections && !filtered; i++)
			if (img->sections[i].wanted)
				add_gain(&gain, &img->sections[i], img->sections[i].unnamed);
	}
	return gain;
}

/* The pages of a section: the first, and the one behind the last. */
struct piece {
	uint64_t first;
	uint64_t end;
};

static int compare_pieces(const void *pa, const void *pb)
{
	const struct piece *a = pa, *b = pb;

	return COMPARE(a->first, b->first);
}

/* Counts a page once that several sections share. */
static int64_t vmlinux_pages(const struct image *img, enum lifetime lifetime)
{
	struct piece *pieces = must_alloc(img->nr_sections, sizeof(*pieces));
	uint64_t end = 0;
	int64_t pages = 0;
	size_t nr = 0;

	for (size_t i = 0; i < img->nr_sections; i++) {
		const struct section *sec = &img->sections[i];

		if (sec->wanted && sec->size && sec->lifetime == lifetime)
			pieces[nr++] = (struct piece){
				sec->address / PAGE_SIZE,
				(sec->address + sec->size - 1) / PAGE_SIZE + 1
			};
	}
	qsort(pieces, nr, sizeof(*pieces), compare_pieces);
	for (size_t i = 0; i < nr; i++) {
		uint64_t first = pieces[i].first > end ? pieces[i].first : end;

		if (pieces[i].end > first)
			pages += pieces[i].end - first;
		end = pieces[i].end > end ? pieces[i].end : end;
	}
	free(pieces);
	return pages;
}

/*
 * Pages that the sections of a lifetime take; of a module, that it would take less without
 * them. -1 where that cannot be said, as in gain_of().
 */
int64_t pages_of(const struct image *img, enum lifetime lifetime, bool filtered)
{
	if (filtered || img->kind == IMAGE_OBJECT || lifetime == LIFETIME_UNKNOWN)
		return -1;
	if (img->pages)
		return img->pages->of[lifetime];
	if (lifetime == LIFETIME_DISCARDED || lifetime == LIFETIME_NOT_LOADED)
		return 0;
	if (img->kind == IMAGE_MODULE)
		return module_pages(img, 0) - module_pages(img, BIT(lifetime));
	return vmlinux_pages(img, lifetime);
}
