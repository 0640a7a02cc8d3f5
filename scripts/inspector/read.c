// SPDX-License-Identifier: GPL-2.0-only
/* The stages, one after the other. */

#include <sys/stat.h>

#include "inspector.h"

static int read_one(struct image *img, const char *path, const char *sections)
{
	return image_open(img, path, sections) || symbols_read(img) ||
	       items_make(img) || lifetimes_decide(img) || owners_decide(img);
}

/* A vmlinux.o newer than the vmlinux is of another build. */
static bool has_object(const struct image *img, const char *object)
{
	struct stat a, b;

	return img->kind == IMAGE_VMLINUX && !fstat(img->fd, &a) &&
	       !stat(object, &b) && b.st_mtime <= a.st_mtime;
}

/* What is in vmlinux.o, beside the vmlinux, and not in the vmlinux. */
static int read_discarded(struct image *img, const struct filter *filter)
{
	char *object = image_own(img, beside(img->path, "vmlinux.o"));
	struct image *obj;

	if (!has_object(img, object))
		return 0;
	obj = must_alloc(1, sizeof(*obj));
	img->discarded = obj;
	if (read_one(obj, object, filter->section))
		return -1;
	discarded_keep(obj, img);
	return 0;
}

/**
 * image_read() - read an image and decide all about it
 * @img: filled in; to be given to image_close() in any case
 * @path: the file
 * @filter: what is asked for
 *
 * Return: 0, or -1 after a message.
 */
int image_read(struct image *img, const char *path, const struct filter *filter)
{
	if (read_one(img, path, filter->section) || read_discarded(img, filter))
		return -1;
	return filter_apply(img, filter);
}
