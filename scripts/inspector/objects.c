// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the objects of a build tree say of a vmlinux without debug information.
 * vmlinux.a lists them. A global symbol is in only one of them; and a base name, as
 * STT_FILE has it, is a full path where only one of them has it.
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inspector.h"

/* A symbol, or a source file's base name, and the path it is known by. */
struct known {
	const char *name;
	const char *path;	/* NULL where there are several */
};

struct objects {
	struct known *symbols;
	size_t nr_symbols;
	struct known *files;
	size_t nr_files;
};

static void add(struct known **known, size_t *nr, const char *name, const char *path)
{
	/* There is space up to the next power of two. */
	if (!(*nr & (*nr - 1)))
		*known = must_realloc(*known, (*nr ? 2 * *nr : 1) * sizeof(**known));
	(*known)[(*nr)++] = (struct known){ name, path };
}

static int compare_known(const void *pa, const void *pb)
{
	const struct known *a = pa, *b = pb;

	return strcmp(a->name, b->name);
}

/* One of each name; what has several paths has none. */
static void sort(struct known *known, size_t *nr)
{
	size_t kept = 0;

	if (!*nr)
		return;
	qsort(known, *nr, sizeof(*known), compare_known);
	for (size_t i = 1; i < *nr; i++) {
		if (strcmp(known[i].name, known[kept].name))
			known[++kept] = known[i];
		else
			known[kept].path = NULL;
	}
	*nr = kept + 1;
}

static const char *find(const struct known *known, size_t nr, const char *name)
{
	const struct known key = { .name = name };
	const struct known *found = nr ? bsearch(&key, known, nr, sizeof(key),
						 compare_known) : NULL;

	return found ? found->path : NULL;
}

static char *copy(struct image *img, const char *s)
{
	return image_own(img, must_strndup(s, strlen(s)));
}

/* @member: relative to the tree. The assembler leaves out STT_FILE. */
static void add_object(struct image *img, struct image *obj, const char *member)
{
	struct objects *objects = img->objects;
	const char *file = obj->nr_sources > 1 ? obj->sources[1].path : base_name(member);
	char *path = image_own(img, must_printf("%.*s%s", (int)(base_name(member) - member),
						member, file));

	add(&objects->files, &objects->nr_files, base_name(path), path);
	for (size_t i = 0; i < obj->nr_symbols; i++)
		if (!obj->symbols[i].local)
			add(&objects->symbols, &objects->nr_symbols,
			    copy(img, obj->symbols[i].name), path);
}

static void read_object(struct image *img, const char *member)
{
	char *path = beside(img->path, member);
	struct image obj;

	/* An object that is gone, or has no symbols, says nothing. */
	if (!access(path, R_OK)) {
		if (!image_open(&obj, path, NULL) && obj.symtab && !symbols_read(&obj))
			add_object(img, &obj, member);
		image_close(&obj);
	}
	free(path);
}

/* The names in a thin archive: "man 5 ar" of binutils; its first member has them. */
static char *read_names(const struct image *img)
{
	static const char magic[] = "!<thin>\n//";
	char *path = beside(img->path, "vmlinux.a"), *names = NULL;
	FILE *file = fopen(path, "re");
	char head[8 + 60 + 1] = "";

	if (file && fread(head, 1, sizeof(head) - 1, file) == sizeof(head) - 1 &&
	    starts_with(head, magic)) {
		size_t size = strtoul(head + 8 + 48, NULL, 10);

		/* No tree has that many names. */
		if (size < 16UL << 20) {
			names = must_alloc(size + 1, 1);
			names[fread(names, 1, size, file)] = '\0';
		}
	}
	if (file)
		fclose(file);
	free(path);
	return names;
}

/**
 * objects_open() - read the objects that a vmlinux was made from
 * @img: the vmlinux; sets @objects where it lies in its build tree
 */
void objects_open(struct image *img)
{
	char *names = read_names(img), *rest;

	if (!names)
		return;
	img->objects = must_alloc(1, sizeof(*img->objects));
	for (char *name = strtok_r(names, "\n", &rest); name;
	     name = strtok_r(NULL, "\n", &rest)) {
		size_t len = strlen(name);

		if (len && name[len - 1] == '/')
			name[len - 1] = '\0';
		read_object(img, name);
	}
	sort(img->objects->symbols, &img->objects->nr_symbols);
	sort(img->objects->files, &img->objects->nr_files);
	free(names);
}

/**
 * objects_symbol() - the source file that has a global symbol
 * @img: opened
 * @name: of the symbol
 *
 * Return: the path, or NULL.
 */
const char *objects_symbol(const struct image *img, const char *name)
{
	const struct objects *objects = img->objects;

	return objects ? find(objects->symbols, objects->nr_symbols, name) : NULL;
}

/**
 * objects_file() - the source file of a base name
 * @img: opened
 * @name: base name
 *
 * Return: the path, or NULL if there are none or several.
 */
const char *objects_file(const struct image *img, const char *name)
{
	const struct objects *objects = img->objects;

	return objects ? find(objects->files, objects->nr_files, name) : NULL;
}

void objects_close(struct image *img)
{
	if (!img->objects)
		return;
	free(img->objects->symbols);
	free(img->objects->files);
	free(img->objects);
}
