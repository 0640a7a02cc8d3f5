// SPDX-License-Identifier: GPL-2.0-only
/* What __init and __exit give back: bytes, and pages, which is what counts. */

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

static bool is_given_back(const struct section *sec)
{
	return sec->lifetime == LIFETIME_FREED_AT_BOOT ||
	       sec->lifetime == LIFETIME_FREED_AFTER_INIT ||
	       sec->lifetime == LIFETIME_DISCARDED;
}

/* As __layout_sections() in kernel/module/main.c lays them out: one behind the other. */
static int64_t kept_pages(const struct image *img, bool all)
{
	uint64_t size[NR_MEMORY] = { 0 };
	int64_t pages = 0;

	for (size_t i = 0; i < img->nr_sections; i++) {
		const struct section *sec = &img->sections[i];
		uint64_t *end = &size[section_memory(sec)];

		if (sec->lifetime == LIFETIME_NOT_LOADED || (!all && is_given_back(sec)))
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
	if (!is_given_back(sec))
		return;
	if (sec->phase == PHASE_INIT)
		gain->init += bytes;
	else if (sec->phase == PHASE_EXIT)
		gain->exit += bytes;
}

/*
 * @filtered: only the items count, not all of the sections. Pages are those of a whole
 * module. A built-in driver shares its pages with all others: nothing can be said of them.
 */
struct gain gain_of(const struct image *img, bool filtered)
{
	struct gain gain = { .pages = -1 };

	if (img->kind == IMAGE_MODULE)
		gain.pages = kept_pages(img, true) - kept_pages(img, false);
	else if (img->kind == IMAGE_VMLINUX && !filtered && !img->is_um)
		gain.pages = (img->init_end - img->init_begin) / PAGE_SIZE;

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
