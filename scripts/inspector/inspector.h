/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The data that flows through the inspector, and the stages that it flows through.
 * read.c runs them in this order. A stage reads what earlier stages wrote, and writes
 * only its own part of struct image.
 *
 *   image_open()		elf/open.c: the file and its section headers
 *   modinfo_read()		elf/modinfo.c: the name and vermagic of a module
 *   symbols_read()		elf/symbols.c: symbols, units, initcalls
 *   items_make()		items.c: what lies at each address
 *   evidence_gather()		evidence/: everything that can tell an owner
 *   owners_decide()		owners.c: source file and module of each item
 *   lifetimes_decide()		lifetimes.c: when each section's memory is freed
 *   relocations_read()		elf/relocations.c: where a module links init and exit
 *   discarded_keep()		discarded.c: what the linker left out
 *   filter_apply()		filter.c: drop what was not asked for
 *
 * A report (report/) follows. Functions that return an int return 0, or -1 after they
 * have printed a message, unless their comment says otherwise.
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
 * Inline, unlike strncmp() and strcmp(): called for every symbol of 4,000 modules, where
 * the first byte usually decides.
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
	IMAGE_OBJECT,		/* relocatable, but no module: vmlinux.o, hi_main.o */
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
	ITEM_PADDING,		/* of the function that follows; only symbols have this kind */
	ITEM_ASSEMBLER,		/* a label without a size; reaches to the next symbol */
};

/* How the module of an item is known. */
enum module_from {
	MODULE_UNKNOWN,
	MODULE_FROM_FILE,	/* the file is that module */
	MODULE_FROM_INITCALL,	/* __initcall__kmod_MODULE__..._FUNCTION names it */
	MODULE_FROM_SOURCE,	/* in the source file of that initcall */
	MODULE_FROM_RANGES,	/* modules.builtin.ranges has its address */
	MODULE_FROM_BUILD,	/* KBUILD_MODFILE of its object, in the build tree */
};

/* How the source file of an item is known. */
enum source_from {
	SOURCE_UNKNOWN,
	SOURCE_FROM_DEBUG,	/* the compile unit at its address: a full path */
	SOURCE_FROM_DEBUG_UNIT,	/* the same, for a function beside it in .symtab */
	SOURCE_FROM_OBJECT,	/* the only object with that symbol or file: a full path */
	SOURCE_FROM_SYMBOL,	/* STT_FILE: a base name */
	SOURCE_FROM_NEIGHBOURS,	/* lies between two items of one STT_FILE */
};

/* What was asked for: every criterion that is set has to match; of sections, one. */
struct filter {
	const char **sections;	/* patterns of their names; none: init and exit sections */
	size_t nr_sections;
	const char *owner;	/* pattern of a source file, or a directory above it */
	const char *driver;	/* name of a module */
	bool no_items;		/* the report needs sections only: their bytes have no name */
	bool relocations;	/* the report needs those of struct module */
};

/* A section header. */
struct header {
	const char *name;
	Elf_Scn *scn;
	GElf_Shdr shdr;
};

/**
 * struct section - a section with memory at run time
 * @name: as in the section header table
 * @index: there
 * @flags: sh_flags
 * @align: sh_addralign, at least 1
 * @address: 0 in a module
 * @size: in bytes
 * @wanted: the user asked for its items
 * @phase: by its name
 * @unnamed: bytes that no symbol names: alignment, string literals (items_make())
 * @lifetime: set by lifetimes_decide()
 */
struct section {
	const char *name;
	size_t index;
	uint64_t flags;
	uint64_t align;
	uint64_t address;
	uint64_t size;
	bool wanted;
	enum phase phase;
	uint64_t unnamed;
	enum lifetime lifetime;
};

/**
 * struct source - a source file, as one compile unit or STT_FILE symbol names it
 * @path: relative to the kernel tree, or a base name
 * @full: it is a full path
 * @built_for: the module that the build tree compiled it for, or NULL
 * @module: the one module that its initcalls name, or NULL (owners_decide())
 * @ambiguous: its initcalls name several modules
 */
struct source {
	const char *path;
	bool full;
	const char *built_for;
	const char *module;
	bool ambiguous;
};

/**
 * struct unit - the local symbols that follow one STT_FILE symbol
 * @section: ELF section of one of its functions, 0 if it has none
 * @address: of that function
 * @source: index in struct image; evidence can replace the base name by a full path
 * @from: how @source is known
 */
struct unit {
	uint32_t section;
	uint64_t address;
	uint32_t source;
	enum source_from from;
};

/**
 * struct initcall - an __initcall__kmod_MODULE__COUNTER_LINE_FUNCTIONLEVEL symbol
 * @module: MODULE, not terminated
 * @module_len: its length
 * @function: FUNCTIONLEVEL
 * @function_len: its length without LEVEL
 * @unit: 0 if none
 * @found: its function is one of the items (owners_decide())
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
 * struct item - what lies at one address of a wanted section
 * @names: the first is the item's own name, the others are aliases
 * @nr_names: at least 1
 * @address: as st_value: in a module the offset in its section
 * @size: bytes that no earlier item has, including its padding: items and unnamed
 *	  bytes add up to the section
 * @padding: how many of them lie before @address
 * @section: index in struct image
 * @unit: index in struct image, 0 if none
 * @kind: function, object or label
 * @module: its owner, or NULL (owners_decide(), like all below)
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

/* Pages of 4096 bytes that sections take, -1 where that cannot be said (report/gain.c). */
struct pages {
	int64_t of[NR_LIFETIMES];
	int64_t given_back;
};

/* The init or exit function of a module, as the loader finds it. */
struct entry_point {
	size_t section;		/* ELF section of init_module or cleanup_module; 0: none */
	uint64_t address;
	bool linked;		/* __this_module has a relocation to it */
	uint64_t offset;	/* of that relocation (relocations_read(), like @linked) */
};

/**
 * struct image - one vmlinux, module or object
 */
struct image {
	/* image_open() */
	const char *path;
	int fd;			/* the file, or what was packed in it */
	uint64_t file_size;	/* unpacked */
	Elf *elf;
	GElf_Ehdr ehdr;
	enum image_kind kind;
	struct header *headers;
	size_t nr_headers;
	struct section *sections;	/* those with memory at run time, in the file's order */
	size_t nr_sections;
	uint32_t *section_of;	/* for each ELF section 1 + its index in @sections, or 0 */
	size_t symtab;		/* index in @headers, 0 if there is none, like the others */
	size_t shndx;
	size_t modinfo;
	size_t this_module;
	bool has_debug;
	bool no_items;		/* symbols are read for what they tell, and not kept */
	void **owned;		/* memory that is freed with the image */
	size_t nr_owned;

	/* modinfo_read() */
	bool is_debug;		/* a separate debug file: names and sizes, but no contents */
	const char *module;
	const char *vermagic;
	bool can_unload;	/* it was built for CONFIG_MODULE_UNLOAD */

	/* symbols_read(); the first unit and the first source stand for none */
	struct symbol *symbols;
	size_t nr_symbols;
	struct unit *units;
	size_t nr_units;
	struct source *sources;
	size_t nr_sources;
	struct initcall *initcalls;
	size_t nr_initcalls;
	struct entry_point init;
	struct entry_point exit;
	bool has_banner;
	uint64_t banner;	/* linux_banner of a vmlinux */
	uint64_t config_begin;	/* kernel_config_data, the packed configuration; 0 if it has none */
	uint64_t config_end;
	bool is_um;		/* user mode Linux */
	bool has_init_begin;
	bool has_init_end;
	uint64_t init_begin;	/* __init_begin of a vmlinux */
	uint64_t init_end;	/* __init_end */
	uint64_t end;		/* _end, 0 if it has none */

	/* items_make(); by section, then address */
	struct item *items;
	size_t nr_items;

	/* evidence_gather(); NULL where there is no such evidence */
	struct debug *debug;
	struct objects *objects;
	const char *builtin;	/* text of modules.builtin */
	struct range *ranges;	/* by section and address */
	size_t nr_ranges;

	/* read.c: what the linker left out of this vmlinux, or NULL */
	struct image *discarded;

	/* about_read(); NULL where nothing says */
	const char *release;	/* of the kernel */
	const char *compiler;
	const char *config;	/* text of the kernel's configuration */

	/* baseline_read(); NULL for any other image, whose sections tell it */
	struct pages *pages;

	/* filter_apply() */
	const char *unmatched;	/* a message, if something that was asked for is not there */
};

/* read.c */
int image_read(struct image *img, const char *path, const struct filter *filter);

/* elf/open.c */
int image_open(struct image *img, const char *path, const struct filter *filter);
void image_close(struct image *img);
Elf_Data *image_data(struct image *img, size_t header);
Elf_Data *image_strings(struct image *img, size_t header);
Elf_Data *image_raw(const struct image *img, size_t header);
const Elf_Data *image_at(const struct image *img, uint64_t address, size_t *offset);
const char *image_bytes(const struct image *img, uint64_t address, size_t len);
void *image_own(struct image *img, void *mem);

/* elf/modinfo.c */
int modinfo_read(struct image *img);

/* elf/symbols.c */
int symbols_read(struct image *img);
uint32_t source_add(struct image *img, const char *path, bool full);

/* elf/initcalls.c */
bool initcall_parse(const char *name, struct initcall *call);

/* elf/relocations.c */
int relocations_read(struct image *img);

/* items.c */
int items_make(struct image *img);

/* evidence/evidence.c */
int evidence_gather(struct image *img);

/* owners.c */
void owners_decide(struct image *img);
bool owners_know(const struct image *img, const char *module);

/* lifetimes.c */
int lifetimes_decide(struct image *img);

/* discarded.c */
int discarded_keep(struct image *obj, struct image *img);

/* about.c, for the reports that tell it */
void about_read(struct image *img);
char *config_hash(const char *config);

/* baseline.c */
int baseline_read(struct image *img, const char *path, struct filter *filter);

/* filter.c */
bool source_matches(const struct source *source, const char *owner);
void filter_add_section(struct filter *filter, const char *pattern);
void filter_apply(struct image *img, const struct filter *filter);
bool filter_items(const struct filter *filter);

/* names.c */
extern const char * const phase_names[];
extern const char * const lifetime_names[];
extern const char * const lifetime_keys[];
extern const char * const image_kind_names[];
extern const char * const item_kind_names[];
extern const char * const module_from_names[];
extern const char * const source_from_names[];
const char *base_name(const char *path);
bool is_padding_name(const char *name);
bool is_cfi_name(const char *name);
bool is_padding_of(const char *padding, const char *name);
bool module_name_equal(const char *a, const char *b);
char *module_name_of(const char *name, size_t len);

/* message.c */
void complain(const char *path, const char *section, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void usage_error(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* memory.c */
void *must_alloc(size_t nr, size_t size);
void *must_grow(void *array, size_t nr, size_t size);
char *must_strdup(const char *s);
char *must_strndup(const char *s, size_t len);
char *must_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* textfile.c */
char *beside(const char *path, const char *name);
char *read_text(const char *path);

#endif
