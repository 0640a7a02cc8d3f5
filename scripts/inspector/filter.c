// SPDX-License-Identifier: GPL-2.0-only
/* Drops the items that are not asked for. */

#include <fnmatch.h>
#include <string.h>

#include "inspector.h"

/* @owner is a directory, a file, or a pattern of either. */
static bool matches_owner(const struct source *source, const char *owner)
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

static bool matches(const struct image *img, const struct item *item,
		    const struct filter *filter)
{
	if (filter->driver &&
	    !(item->module && module_name_equal(item->module, filter->driver)))
		return false;
	return !filter->owner ||
	       matches_owner(&img->sources[item->source], filter->owner);
}

static void keep_matching(struct image *img, const struct filter *filter)
{
	size_t kept = 0;

	for (size_t i = 0; i < img->nr_items; i++)
		if (matches(img, &img->items[i], filter))
			img->items[kept++] = img->items[i];
	img->nr_items = kept;
}

int filter_apply(struct image *img, const struct filter *filter)
{
	if (filter->driver && !owners_know(img, filter->driver)) {
		complain(img->path, NULL, "nothing here is known to be of module \"%s\"",
			 filter->driver);
		return -1;
	}
	keep_matching(img, filter);
	if (img->discarded)
		keep_matching(img->discarded, filter);
	return 0;
}

/* Whether items are dropped: then sums are not those of whole sections. */
bool filter_items(const struct filter *filter)
{
	return filter->driver || filter->owner;
}
