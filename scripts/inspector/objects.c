// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the objects of a build tree say of a vmlinux without debug information.
 * vmlinux.a lists them. A global symbol is in only one of them; and a base name, as
 * STT_FILE has it, is a full path where only one of them has it.
 */

#include <ar.h>
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
	*known = must_grow(*known, *nr, sizeof(**known));
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

/* No tree has that many names. */
#define NAMES_MAX (16UL << 20)

/* The next member's size, of a head as <ar.h> has it, or -1. */
static long next_member(FILE *file, struct ar_hdr *head)
{
	char size[sizeof(head->ar_size) + 1] = "";

	if (fread(head, 1, sizeof(*head), file) != sizeof(*head))
		return -1;
	memcpy(size, head->ar_size, sizeof(head->ar_size));
	return strtol(size, NULL, 10);
}

/* A thin archive has the names of its files in the member "//"; before it can be an index. */
static char *read_names(FILE *file)
{
	char magic[SARMAG];
	struct ar_hdr head;
	char *names;
	long size;

	if (fread(magic, 1, SARMAG, file) != SARMAG || memcmp(magic, "!<thin>\n", SARMAG))
		return NULL;
	size = next_member(file, &head);
	if (size >= 0 && !memcmp(head.ar_name, "/ ", 2)) {
		if (fseek(file, size + size % 2, SEEK_CUR))
			return NULL;
		size = next_member(file, &head);
	}
	if (size < 0 || (size_t)size > NAMES_MAX || memcmp(head.ar_name, "// ", 3))
		return NULL;
	names = must_alloc(size + 1, 1);
	names[fread(names, 1, size, file)] = '\0';
	return names;
}

/**
 * objects_open() - read the objects that a vmlinux was made from
 * @img: the vmlinux; sets @objects where it lies in its build tree
 */
void objects_open(struct image *img)
{
	char *path = beside(img->path, "vmlinux.a"), *rest;
	FILE *file = fopen(path, "re");
	char *names = file ? read_names(file) : NULL;

	if (file)
		fclose(file);
	free(path);
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
