// SPDX-License-Identifier: GPL-2.0-only
/* Drops the items that are not asked for. */

#include <fnmatch.h>
#include <string.h>

#include "inspector.h"

/* @owner is a directory, a file, or a pattern of either. */
bool source_matches(const struct source *source, const char *owner)
{
	size_t len = strlen(owner);

	if (!source->path)
		return false;
	while (len && owner[len - 1] == '/')
		len--;
	if (!strncmp(source->path, owner, len) &&
	    (source->path[len] == '/' || !source->path[len]))
		return true;
	return !fnmatch(owner, source->path, 0);
}

/* Returns how many items come from the owner, wanted or not. */
static size_t keep_matching(struct image *img, const struct filter *filter)
{
	size_t kept = 0, owned = 0;

	for (size_t i = 0; i < img->nr_items; i++) {
		const struct item *item = &img->items[i];
		bool matches = !filter->owner ||
			       source_matches(&img->sources[item->source], filter->owner);

		owned += matches;
		if (filter->driver)
			matches &= item->module && module_name_equal(item->module, filter->driver);
		if (matches)
			img->items[kept++] = *item;
	}
	img->nr_items = kept;
	return owned;
}

/* Whether a section is there, or was there before the linker left it out. */
static bool has_section(const struct image *img, const char *pattern)
{
	for (size_t i = 0; i < img->nr_sections; i++)
		if (img->sections[i].wanted && !fnmatch(pattern, img->sections[i].name, 0))
			return true;
	return img->discarded && has_section(img->discarded, pattern);
}

/* Asks for the sections that match @pattern as well; the caller frees @sections. */
void filter_add_section(struct filter *filter, const char *pattern)
{
	filter->sections = must_grow(filter->sections, filter->nr_sections,
				     sizeof(*filter->sections));
	filter->sections[filter->nr_sections++] = pattern;
}

/* Drops the items that were not asked for; sets @unmatched. */
void filter_apply(struct image *img, const struct filter *filter)
{
	size_t owned = keep_matching(img, filter);
	char *unmatched = NULL;

	if (img->discarded)
		owned += keep_matching(img->discarded, filter);
	for (size_t i = 0; i < filter->nr_sections && !unmatched; i++)
		if (!has_section(img, filter->sections[i]))
			unmatched = must_printf("no section matches \"%s\"", filter->sections[i]);
	if (!unmatched && filter->driver && !owners_know(img, filter->driver))
		unmatched = must_printf("no symbol belongs to module \"%s\"", filter->driver);
	if (!unmatched && filter->owner && !owned)
		unmatched = must_printf("no symbol comes from \"%s\"", filter->owner);
	if (unmatched)
		img->unmatched = image_own(img, unmatched);
}

/* Whether items are dropped: then sums are not those of whole sections. */
bool filter_items(const struct filter *filter)
{
	return filter->driver || filter->owner;
}
