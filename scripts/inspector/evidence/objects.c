// SPDX-License-Identifier: GPL-2.0-only
/*
 * The objects of a build tree, for a vmlinux without debug information. vmlinux.a lists
 * them. A global symbol is in only one of them; and a base name, as STT_FILE has it,
 * stands for a full path where only one of them has it.
 */

#include <ar.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence.h"

/* An object, and its source file in struct image once it is known to be needed. */
struct object {
	const char *path;
	uint32_t source;
};

/* A symbol, or the base name of a source file, and its object. */
struct known {
	const char *name;
	struct object *object;	/* NULL where there are several */
};

struct map {
	struct known *known;
	size_t nr;
};

struct objects {
	struct map symbols;
	struct map files;
};

static void add(struct map *map, const char *name, struct object *object)
{
	map->known = must_grow(map->known, map->nr, sizeof(*map->known));
	map->known[map->nr++] = (struct known){ name, object };
}

static int compare_known(const void *pa, const void *pb)
{
	const struct known *a = pa, *b = pb;

	return strcmp(a->name, b->name);
}

/* Keeps one entry of each name, without object if there are several. */
static void sort(struct image *img, struct map *map)
{
	size_t kept = 0;

	if (!map->nr)
		return;
	qsort(map->known, map->nr, sizeof(*map->known), compare_known);
	for (size_t i = 1; i < map->nr; i++) {
		if (strcmp(map->known[i].name, map->known[kept].name))
			map->known[++kept] = map->known[i];
		else
			map->known[kept].object = NULL;
	}
	map->nr = kept + 1;
	image_own(img, map->known);
}

static struct object *find(const struct map *map, const char *name)
{
	const struct known key = { .name = name };
	const struct known *found = map->nr ? bsearch(&key, map->known, map->nr, sizeof(key),
						      compare_known) : NULL;

	return found ? found->object : NULL;
}

/* @member: relative to the tree. The assembler leaves out STT_FILE. */
static void add_object(struct image *img, const struct image *obj, const char *member)
{
	const char *file = obj->nr_sources > 1 ? obj->sources[1].path : base_name(member);
	struct object *object = image_own(img, must_alloc(1, sizeof(*object)));

	object->path = image_own(img, must_printf("%.*s%s", (int)(base_name(member) - member),
						  member, file));
	add(&img->objects->files, base_name(object->path), object);
	for (size_t i = 0; i < obj->nr_symbols; i++)
		if (!obj->symbols[i].local)
			add(&img->objects->symbols,
			    image_own(img, must_strdup(obj->symbols[i].name)), object);
}

/* An object that is gone, or has no symbols, says nothing. */
static void read_object(struct image *img, const char *member)
{
	static const struct filter init_and_exit;
	char *path = beside(img->path, member);
	struct image obj;

	if (!access(path, R_OK)) {
		if (!image_open(&obj, path, &init_and_exit) && obj.symtab && !symbols_read(&obj))
			add_object(img, &obj, member);
		image_close(&obj);
	}
	free(path);
}

/* No tree has that many names. */
#define NAMES_MAX (16UL << 20)

/* Reads the head of the next member. Returns its size, or -1. */
static long next_member(FILE *file, struct ar_hdr *head)
{
	char size[sizeof(head->ar_size) + 1] = "";

	if (fread(head, 1, sizeof(*head), file) != sizeof(*head))
		return -1;
	memcpy(size, head->ar_size, sizeof(head->ar_size));
	return strtol(size, NULL, 10);
}

/*
 * The file names of a thin archive: its member "//", which an index can precede. libelf
 * does not read thin archives.
 */
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

static void read_objects(struct image *img, char *names)
{
	char *rest;

	for (char *name = strtok_r(names, "\n", &rest); name;
	     name = strtok_r(NULL, "\n", &rest)) {
		size_t len = strlen(name);

		if (len && name[len - 1] == '/')
			name[len - 1] = '\0';
		read_object(img, name);
	}
	sort(img, &img->objects->symbols);
	sort(img, &img->objects->files);
}

/* Replaces the base name of a unit's source file by the full path. */
static void name_unit(struct image *img, uint32_t index)
{
	struct unit *unit = &img->units[index];
	struct source *source = &img->sources[unit->source];
	const struct object *object;

	if (!index || source->full)
		return;
	object = find(&img->objects->files, source->path);
	if (!object)
		return;
	source->path = object->path;
	source->full = true;
	unit->from = SOURCE_FROM_OBJECT;
}

static void name_symbol(struct image *img, const struct symbol *sym)
{
	struct object *object = sym->local ? NULL : find(&img->objects->symbols, sym->name);

	if (object && !object->source)
		object->source = source_add(img, object->path, true);
}

void objects_gather(struct image *img)
{
	char *path = beside(img->path, "vmlinux.a");
	FILE *file = fopen(path, "re");
	char *names = file ? read_names(file) : NULL;

	if (file)
		fclose(file);
	free(path);
	if (!names)
		return;
	img->objects = image_own(img, must_alloc(1, sizeof(*img->objects)));
	read_objects(img, names);
	free(names);
	for (size_t i = 0; i < img->nr_items; i++) {
		name_unit(img, img->items[i].unit);
		name_symbol(img, img->items[i].names);
	}
	for (size_t i = 0; i < img->nr_initcalls; i++)
		name_unit(img, img->initcalls[i].unit);
}

/* The source file that defines a global symbol, 0 if nothing says. */
uint32_t objects_source(const struct image *img, const char *symbol)
{
	const struct object *object = img->objects ? find(&img->objects->symbols, symbol) : NULL;

	return object ? object->source : 0;
}
