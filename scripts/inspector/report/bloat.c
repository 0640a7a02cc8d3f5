// SPDX-License-Identifier: GPL-2.0-only
/*
 * --format bloat-o-meter: what the kernel's scripts/bloat-o-meter prints of the same two
 * files, byte for byte. Its rules are those of the script of Linux 7.3, which reads what
 * "nm --size-sort" prints.
 */

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../elf/symtab.h"
#include "../text.h"
#include "compare.h"

/* A name, and the bytes of all its symbols in each file; 0 where there is none. */
struct bloat_name {
	const char *name;
	uint32_t hash;
	int64_t sizes[2];
};

/**
 * struct bloat - the names of both files
 * @index: a hash table: 1 + the index in @names, or 0. hsearch() of the C library takes ten
 *	   times as long: its hash function puts many names of a kernel into one place.
 * @mask: size of @index - 1
 * @names: all of them
 * @nr: how many
 * @copies: allocated names
 * @nr_copies: how many
 */
struct bloat {
	uint32_t *index;
	size_t mask;
	struct bloat_name *names;
	size_t nr;
	char **copies;
	size_t nr_copies;
};

/* What getsizes() in the script leaves out. */
static bool is_left_out(const char *name)
{
	static const char * const prefixes[] = {
		"__mod_", "__se_sys", "__se_compat_sys", "__addressable_",
		"__noinstr_text_start", "_sdata",
	};

	if (equal(name, "linux_banner") || equal(name, "vermagic") || strchr(name, ':'))
		return true;
	for (size_t i = 0; *name == '_' && i < ARRAY_SIZE(prefixes); i++)
		if (starts_with(name, prefixes[i]))
			return true;
	return false;
}

/*
 * Of the letters that nm can print, the script takes tTdDbBrRvVwW: any symbol in memory, and
 * any weak symbol. It leaves out indirect functions (i) and unique objects (u).
 */
static bool is_counted(const struct image *img, const struct elf_symbol *sym)
{
	if (!sym->size || sym->shndx == SHN_UNDEF || !sym->section ||
	    sym->section >= img->nr_headers || sym->type == STT_SECTION ||
	    sym->type == STT_FILE || sym->type == STT_GNU_IFUNC || sym->bind == STB_GNU_UNIQUE)
		return false;
	return sym->bind == STB_WEAK || (img->headers[sym->section].shdr.sh_flags & SHF_ALLOC);
}

/* Without the .NUMBER of static objects and clones, which the script removes. */
static const char *cleaned(struct bloat *bloat, const char *name)
{
	const char *dot = strchr(name, '.');
	char *copy, *end;

	while (dot && !isdigit((unsigned char)dot[1]))
		dot = strchr(dot + 1, '.');
	if (!dot)
		return name;
	copy = must_strdup(name);
	end = copy + (dot - name);
	for (const char *s = dot; *s; ) {
		if (*s == '.' && isdigit((unsigned char)s[1]))
			s += 1 + strspn(s + 1, "0123456789");
		else
			*end++ = *s++;
	}
	*end = '\0';
	bloat->copies = must_grow(bloat->copies, bloat->nr_copies, sizeof(*bloat->copies));
	return bloat->copies[bloat->nr_copies++] = copy;
}

/* FNV-1a */
static uint32_t hash(const char *name)
{
	uint32_t value = 2166136261U;

	while (*name)
		value = (value ^ (unsigned char)*name++) * 16777619U;
	return value;
}

static struct bloat_name *find_name(struct bloat *bloat, const char *name)
{
	uint32_t value = hash(name);
	size_t slot = value & bloat->mask;

	while (bloat->index[slot]) {
		struct bloat_name *found = &bloat->names[bloat->index[slot] - 1];

		if (found->hash == value && equal(found->name, name))
			return found;
		slot = (slot + 1) & bloat->mask;
	}
	bloat->names[bloat->nr] = (struct bloat_name){ name, value, { 0 } };
	bloat->index[slot] = bloat->nr + 1;
	return &bloat->names[bloat->nr++];
}

static int add_symbols(struct bloat *bloat, const struct symtab *tab, int file)
{
	for (size_t i = 1; i < tab->nr; i++) {
		struct elf_symbol sym;

		if (symtab_get(tab, i, &sym))
			return -1;
		if (is_counted(tab->img, &sym) && !is_left_out(sym.name))
			find_name(bloat, cleaned(bloat, sym.name))->sizes[file] += sym.size;
	}
	return 0;
}

static int64_t delta(const struct bloat_name *name)
{
	return name->sizes[1] - name->sizes[0];
}

/* As the script sorts: by the difference, then by the name, both from the end. */
static int compare_deltas(const void *pa, const void *pb)
{
	const struct bloat_name *a = pa, *b = pb;
	int ret = COMPARE(delta(b), delta(a));

	return ret ? ret : strcmp(b->name, a->name);
}

static void print_name(const struct bloat_name *name)
{
	char *visible = text_visible(name->name);
	int64_t old = name->sizes[0], new = name->sizes[1];

	if (!old)
		printf("%-40s       - %7" PRId64 " %+7" PRId64 "\n", visible, new, new);
	else if (!new)
		printf("%-40s %7" PRId64 "       - %+7" PRId64 "\n", visible, old, -old);
	else
		printf("%-40s %7" PRId64 " %7" PRId64 " %+7" PRId64 "\n", visible, old, new, new - old);
	free(visible);
}

static void print_bloat(struct bloat *bloat)
{
	size_t changed = 0;
	int64_t add = 0, removed = 0, grow = 0, shrink = 0, up = 0, down = 0, before = 0, after = 0;

	for (size_t i = 0; i < bloat->nr; i++) {
		const struct bloat_name *name = &bloat->names[i];
		int64_t d = delta(name);

		before += name->sizes[0];
		after += name->sizes[1];
		add += !name->sizes[0];
		removed += !name->sizes[1];
		grow += d > 0 && name->sizes[0];
		shrink += d < 0 && name->sizes[1];
		up += d > 0 ? d : 0;
		down += d < 0 ? d : 0;
		if (d)
			bloat->names[changed++] = *name;
	}
	if (changed)
		qsort(bloat->names, changed, sizeof(*bloat->names), compare_deltas);
	printf("add/remove: %" PRId64 "/%" PRId64 " grow/shrink: %" PRId64 "/%" PRId64
	       " up/down: %" PRId64 "/%" PRId64 " (%" PRId64 ")\n",
	       add, removed, grow, shrink, up, down, up + down);
	printf("%-40s %7s %7s %7s\n", "Function", "old", "new", "delta");
	for (size_t i = 0; i < changed; i++)
		print_name(&bloat->names[i]);
	printf("Total: Before=%" PRId64 ", After=%" PRId64 ", chg %+.2f%%\n", before, after,
	       before ? (double)(after - before) * 100 / (double)before : 0);
}

int bloat_print(struct comparison *cmp)
{
	struct bloat bloat = { 0 };
	struct symtab tabs[2];
	size_t space = 1;
	int ret = 0;

	for (int i = 0; i < 2 && !ret; i++) {
		ret = symtab_open(&tabs[i], &cmp->images[i]);
		space += tabs[i].nr;
	}
	bloat.names = must_alloc(space, sizeof(*bloat.names));
	while (bloat.mask < 2 * space)
		bloat.mask = 2 * bloat.mask + 1;
	bloat.index = must_alloc(bloat.mask + 1, sizeof(*bloat.index));
	for (int i = 0; i < 2 && !ret; i++)
		ret = add_symbols(&bloat, &tabs[i], i);
	if (!ret)
		print_bloat(&bloat);
	free(bloat.index);
	for (size_t i = 0; i < bloat.nr_copies; i++)
		free(bloat.copies[i]);
	free(bloat.copies);
	free(bloat.names);
	return ret;
}
