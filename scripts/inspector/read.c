// SPDX-License-Identifier: GPL-2.0-only
/* Runs the stages, one after the other. */

#include <sys/stat.h>

#include "inspector.h"

static int read_one(struct image *img, const char *path, const struct filter *filter)
{
	if (image_open(img, path, filter) ||
	    (img->kind == IMAGE_MODULE && modinfo_read(img)) ||
	    symbols_read(img) || items_make(img) || (!img->no_items && evidence_gather(img)))
		return -1;
	owners_decide(img);
	if (lifetimes_decide(img))
		return -1;
	if (filter->relocations && img->kind == IMAGE_MODULE && !img->is_debug)
		return relocations_read(img);
	return 0;
}

/* A vmlinux.o that is newer than the vmlinux belongs to another build. */
static bool has_object(const struct image *img, const char *object)
{
	struct stat a, b;

	return img->kind == IMAGE_VMLINUX && !fstat(img->fd, &a) &&
	       !stat(object, &b) && b.st_mtime <= a.st_mtime;
}

/* vmlinux.o beside the vmlinux shows what the linker left out. */
static int read_discarded(struct image *img, const struct filter *filter)
{
	char *object = image_own(img, beside(img->path, "vmlinux.o"));
	struct image *obj;

	if (!has_object(img, object))
		return 0;
	obj = must_alloc(1, sizeof(*obj));
	img->discarded = obj;
	return read_one(obj, object, filter) ? -1 : discarded_keep(obj, img);
}

/* Fills in @img, which image_close() has to free in any case. */
int image_read(struct image *img, const char *path, const struct filter *filter)
{
	if (read_one(img, path, filter) || read_discarded(img, filter))
		return -1;
	filter_apply(img, filter);
	return 0;
}
