/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The data that flows through the inspector, and its stages.
 *
 *   image_open()		one file: what it is, and its sections
 *   symbols_read()		one walk of .symtab: names, units, initcalls
 *   items_make()		what lies at each address; sums are exact from here on
 *   lifetimes_decide()		when each section's memory is given back
 *   owners_decide()		whose each item is, and how that is known
 *   discarded_keep()		what the linker left out
 *   filter_apply()		drops what is not asked for
 *   a report			table, json, sums, compare, audit, kernel, svg
 *
 * image_read() runs all but the last. A stage that fails has printed why, with
 * complain().
 */
#ifndef INSPECTOR_H
#define INSPECTOR_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* -1, 0 or 1, for qsort() */
#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/*
 * Inline, as strcmp() is not: asked for every symbol of 4,000 modules, and mostly
 * answered by the first byte.
 */
static inline bool starts_with(const char *s, const char *prefix)
{
	while (*prefix)
		if (*s++ != *prefix++)
			return false;
	return true;
}

static inline bool equal(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

enum exit_code {
	EXIT_GOOD	= 0,
	EXIT_FOUND	= 1,	/* a check failed */
	EXIT_INPUT	= 2,	/* wrong usage or input */
	EXIT_MACHINE	= 3,	/* something is missing on this machine */
};

enum image_kind {
	IMAGE_VMLINUX,
	IMAGE_MODULE,
	IMAGE_OBJECT,		/* relocatable, no module: vmlinux.o, hi_main.o */
};

enum phase {
	PHASE_NONE,
	PHASE_INIT,
	PHASE_EXIT,
};

enum lifetime {
	LIFETIME_KEPT,
	LIFETIME_KEPT_FOR_UNLOADING,
	LIFETIME_FREED_AT_BOOT,
	LIFETIME_FREED_AFTER_INIT,
	LIFETIME_NOT_LOADED,
	LIFETIME_DISCARDED,
	LIFETIME_UNKNOWN,
	NR_LIFETIMES,
};

enum item_kind {
	ITEM_FUNCTION,
	ITEM_OBJECT,
	ITEM_PADDING,		/* of the function behind it: a symbol's kind, no item's */
	ITEM_ASSEMBLER,		/* a label without a size; reaches to the next symbol */
};

/* How it is known of which module an item is. */
enum module_from {
	MODULE_UNKNOWN,
	MODULE_FROM_FILE,	/* the file is that module */
	MODULE_FROM_INITCALL,	/* __initcall__kmod_MODULE__..._FUNCTION names it */
	MODULE_FROM_SOURCE,	/* in the source file of that initcall */
	MODULE_FROM_RANGES,	/* modules.builtin.ranges has its address */
	MODULE_FROM_BUILD,	/* KBUILD_MODFILE of its object, in the build tree */
};

/* How it is known from which source file an item comes. */
enum source_from {
	SOURCE_UNKNOWN,
	SOURCE_FROM_DEBUG,	/* compile unit, full path: by its address */
	SOURCE_FROM_DEBUG_UNIT,	/* the same, by a function beside it in .symtab */
	SOURCE_FROM_OBJECT,	/* full path: the only object with that symbol or file */
	SOURCE_FROM_SYMBOL,	/* STT_FILE: base name only */
	SOURCE_FROM_NEIGHBOURS,	/* lies between two items of one STT_FILE */
};

/**
 * struct section - a section with memory at run time
 * @name: as in the section header table
 * @index: there
 * @flags: sh_flags
 * @align: sh_addralign, at least 1
 * @address: 0 in a module
 * @size: in bytes
 * @unnamed: bytes of it that no symbol names: alignment, string literals
 * @phase: by its name
 * @lifetime: set by lifetimes_decide()
 * @wanted: its items are looked at
 */
struct section {
	const char *name;
	size_t index;
	uint64_t flags;
	uint64_t align;
	uint64_t address;
	uint64_t size;
	uint64_t unnamed;
	enum phase phase;
	enum lifetime lifetime;
	bool wanted;
};

/**
 * struct source - a source file, as one compile unit or STT_FILE symbol names it
 * @path: a full path, relative to the kernel tree, or a base name
 * @full: which of them
 * @module: that its initcalls or its object name, or NULL
 * @module_from: which of them
 * @ambiguous: its initcalls name several modules
 * @asked: the build tree has been asked for the module
 */
struct source {
	const char *path;
	bool full;
	const char *module;
	enum module_from module_from;
	bool ambiguous;
	bool asked;
};

/**
 * struct unit - the local symbols that follow one STT_FILE symbol
 * @source: index in struct image
 * @section: ELF section of one of its functions, 0 if it has none
 * @address: of that function
 * @asked: the full path has been looked for
 */
struct unit {
	uint32_t source;
	uint32_t section;
	uint64_t address;
	bool asked;
};

/**
 * struct initcall - an __initcall__kmod_MODULE__COUNTER_LINE_FUNCTIONLEVEL symbol
 * @module: MODULE
 * @module_len: its length
 * @function: FUNCTIONLEVEL
 * @function_len: its length without LEVEL
 * @unit: 0 if none
 * @found: its function is one of the items
 */
struct initcall {
	const char *module;
	size_t module_len;
	const char *function;
	size_t function_len;
	uint32_t unit;
	bool found;
};

/* A name of an item; an item can have several (aliases). */
struct symbol {
	const char *name;
	uint64_t address;
	uint64_t size;
	uint32_t section;	/* index in struct image */
	uint32_t unit;		/* index in struct image, 0 if none */
	enum item_kind kind;
	bool local;
};

/**
 * struct item - what lies at one address of a section that is looked at
 * @names: the first one is the item's own, the others are aliases
 * @nr_names: at least 1
 * @address: as st_value: in a module the offset in its section
 * @size: bytes that are its and no earlier item's, with its padding: items and
 *	  unnamed bytes add up to the section
 * @padding: how many of them lie before @address
 * @section: index in struct image
 * @unit: index in struct image, 0 if none
 * @kind: function, object or label
 * @module: whose it is, or NULL
 * @module_from: how that is known
 * @source: index in struct image, 0 if none
 * @source_from: how that is known
 */
struct item {
	const struct symbol *names;
	size_t nr_names;
	uint64_t address;
	uint64_t size;
	uint64_t padding;
	uint32_t section;
	uint32_t unit;
	enum item_kind kind;
	const char *module;
	enum module_from module_from;
	uint32_t source;
	enum source_from source_from;
};

/* A line of modules.builtin.ranges */
struct range {
	uint32_t section;	/* index in struct image */
	uint64_t start;
	uint64_t end;
	const char *module;
};

/* A routine of a module as the loader finds it, see relocations.c. */
struct routine {
	size_t section;		/* ELF section of init_module or cleanup_module; 0: none */
	uint64_t address;
	bool linked;		/* __this_module has a relocation to it */
	uint64_t offset;	/* of that relocation */
};

/* What was asked for: all that is not NULL has to match. */
struct filter {
	const char *section;	/* pattern of a section's name */
	const char *owner;	/* pattern of a source file, or a directory above it */
	const char *driver;	/* a module's name */
};

/**
 * struct image - one vmlinux, module or object
 * @fd: the file, or what was packed in it
 * @file_size: in bytes, unpacked
 * @sections: those with memory at run time, in the file's order
 * @section_of: for each ELF section, 1 + its index in @sections, or 0
 * @section_names: a string table
 * @symtab: the symbol table, NULL if there is none
 * @shndx: its extended section indices, or NULL
 * @this_module: .gnu.linkonce.this_module, or NULL
 * @is_debug: a separate debug file: names and sizes, but no contents
 * @has_debug: there is .debug_info
 * @items: by section, then address
 * @units: the first one stands for none
 * @sources: the first one stands for none
 * @init_begin: __init_begin of a vmlinux
 * @init_end: __init_end of a vmlinux
 * @end: _end of a vmlinux, 0 if it has none
 * @is_um: user mode Linux
 * @module: name of the module, or NULL
 * @vermagic: of the module, or NULL
 * @can_unload: the kernel it was built for has CONFIG_MODULE_UNLOAD
 * @debug: debug information, NULL if there is none
 * @objects: of its build tree, where there is no debug information
 * @ranges: of modules.builtin.ranges, by section and address
 * @builtin: text of modules.builtin, NULL where nobody looked for it
 * @strings: allocated ones that it owns
 * @discarded: what the linker left out of this vmlinux, or NULL
 */
struct image {
	const char *path;
	int fd;
	Elf *elf;
	GElf_Ehdr ehdr;
	uint64_t file_size;
	enum image_kind kind;
	bool is_debug;
	bool has_debug;

	struct section *sections;
	size_t nr_sections;
	uint32_t *section_of;
	size_t nr_elf_sections;
	Elf_Data *section_names;
	Elf_Scn *symtab;
	Elf_Scn *shndx;
	Elf_Scn *this_module;

	struct symbol *symbols;
	size_t nr_symbols;
	struct item *items;
	size_t nr_items;
	struct unit *units;
	size_t nr_units;
	struct source *sources;
	size_t nr_sources;
	struct initcall *initcalls;
	size_t nr_initcalls;

	bool has_banner;
	bool has_init_begin;
	bool has_init_end;
	uint64_t init_begin;
	uint64_t init_end;
	uint64_t end;
	bool is_um;

	const char *module;
	const char *vermagic;
	bool can_unload;
	struct routine init;
	struct routine exit;

	struct debug *debug;
	struct objects *objects;
	struct range *ranges;
	size_t nr_ranges;
	const char *builtin;
	char **strings;
	size_t nr_strings;
	struct image *discarded;
};

/* read.c */
int image_read(struct image *img, const char *path, const struct filter *filter);

/* image.c */
int image_open(struct image *img, const char *path, const char *sections);
void image_close(struct image *img);
const char *image_section_name(struct image *img, size_t index);
Elf_Data *image_data(struct image *img, Elf_Scn *scn);
Elf_Data *image_strings(struct image *img, Elf_Scn *scn);
char *image_own(struct image *img, char *string);
uint32_t image_add_source(struct image *img, const char *path, bool full);

/* unpack.c */
bool is_packed(int fd);
int unpack_some(int fd, size_t max, size_t *size);
int unpack(const char *path, int fd, size_t *size);

/* ahead.c */
int ahead_take(const char *name, size_t *size);

/* modinfo.c */
int modinfo_read(struct image *img, Elf_Scn *modinfo);

/* initcalls.c */
bool initcall_parse(const char *name, struct initcall *call);

/* symbols.c */
int symbols_read(struct image *img);

/* items.c */
int items_make(struct image *img);

/* lifetimes.c */
int lifetimes_decide(struct image *img);

/* owners.c */
int owners_decide(struct image *img);
bool owners_know(const struct image *img, const char *module);

/* debug.c */
int debug_open(struct image *img);
uint32_t debug_source(struct image *img, size_t section, uint64_t address);
void debug_close(struct image *img);

/* ranges.c */
int ranges_read(struct image *img);
const char *ranges_module(const struct image *img, uint32_t section,
			  uint64_t address);

/* build.c */
void build_open(struct image *img);
const char *build_module(struct image *img, const char *source);
bool build_has_module(const struct image *img, const char *module);

/* objects.c */
void objects_open(struct image *img);
const char *objects_symbol(const struct image *img, const char *name);
const char *objects_file(const struct image *img, const char *name);
void objects_close(struct image *img);

/* relocations.c */
int relocations_read(struct image *img);

/* discarded.c */
void discarded_keep(struct image *obj, const struct image *img);

/* filter.c */
int filter_apply(struct image *img, const struct filter *filter);
bool filter_items(const struct filter *filter);

/* names.c */
const char *phase_name(enum phase phase);
const char *lifetime_name(enum lifetime lifetime);
const char *item_kind_name(enum item_kind kind);
const char *module_from_name(enum module_from from);
const char *source_from_name(enum source_from from);
const char *base_name(const char *path);
bool is_padding_name(const char *name);
bool is_cfi_name(const char *name);
bool is_padding_of(const char *padding, const char *name);
bool module_name_equal(const char *a, const char *b);

/* complain.c */
void complain(const char *path, const char *section, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void *must_alloc(size_t nr, size_t size);
void *must_realloc(void *mem, size_t size);
void *must_grow(void *array, size_t nr, size_t size);
char *must_strndup(const char *s, size_t len);
char *must_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* beside.c */
char *beside(const char *path, const char *name);
char *read_text(const char *path);

/* table.c */
void table_print(FILE *out, const struct image *img, const struct filter *filter);

/* json.c */
struct json_object;
struct json_object *json_image(const struct image *img);

#endif
