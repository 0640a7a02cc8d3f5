/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The data that flows through the inspector, and its stages.
 *
 *   image_open()          one file: what it is, and its init and exit sections
 *   symbols_read()        one walk of .symtab: functions, units, initcalls
 *   lifetimes_decide()    when each section's memory is given back
 *   owners_decide()       whose each function is, and how that is known
 *   image_keep_driver()   drops what is not asked for
 *   table_print(), json_image()
 *
 * A stage that fails has printed why, with complain().
 */
#ifndef INSPECTOR_H
#define INSPECTOR_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum exit_code {
	EXIT_GOOD	= 0,
	EXIT_INPUT	= 2,	/* wrong usage or input */
	EXIT_MACHINE	= 3,	/* something is missing on this machine */
};

enum image_kind {
	IMAGE_VMLINUX,
	IMAGE_MODULE,
};

enum phase {
	PHASE_INIT,
	PHASE_EXIT,
};

enum lifetime {
	LIFETIME_KEPT,
	LIFETIME_FREED_AT_BOOT,
	LIFETIME_FREED_AFTER_INIT,
	LIFETIME_KEPT_FOR_UNLOADING,
};

/* How it is known whose a function is, the weakest first. */
enum evidence {
	EVIDENCE_NONE,		/* nothing in the file says */
	EVIDENCE_SOURCE,	/* STT_FILE: base name of the source file only */
	EVIDENCE_BETWEEN,	/* lies between two local functions of one unit */
	EVIDENCE_FILE,		/* local, in the unit whose initcall names the module */
	EVIDENCE_INITCALL,	/* __initcall__kmod_MODULE__..._FUNCTION names it */
	EVIDENCE_MODULE,	/* the file is that module */
};

/**
 * struct section - an init or exit section
 * @name: as in the section header table
 * @address: 0 in a module
 * @size: in bytes
 * @phase: by its name
 * @lifetime: set by lifetimes_decide()
 */
struct section {
	const char *name;
	uint64_t address;
	uint64_t size;
	enum phase phase;
	enum lifetime lifetime;
};

/**
 * struct unit - the local symbols that follow one STT_FILE symbol
 * @source: what the STT_FILE symbol says: a base name
 * @module: module that the initcalls of this unit name, or NULL
 * @ambiguous: its initcalls name several modules
 */
struct unit {
	const char *source;
	const char *module;
	bool ambiguous;
};

/**
 * struct initcall - an __initcall__kmod_MODULE__COUNTER_LINE_FUNCTIONLEVEL symbol
 * @module: allocated
 * @function: FUNCTIONLEVEL, points into the symbol's name
 * @function_len: length without LEVEL
 * @unit: 0 if none
 */
struct initcall {
	char *module;
	const char *function;
	size_t function_len;
	uint32_t unit;
};

/* A name of a function; a function can have several (aliases). */
struct symbol {
	const char *name;
	uint64_t address;
	uint64_t size;
	uint32_t section;	/* index in struct image */
	uint32_t unit;		/* index in struct image, 0 if none */
	bool local;
};

/**
 * struct function - what lies at one address of an init or exit section
 * @names: the first one is the function's own, the others are aliases
 * @nr_names: at least 1
 * @address: as st_value: in a module the offset in its section
 * @size: in bytes, the largest that one of the names has
 * @section: index in struct image
 * @unit: index in struct image, 0 if none
 * @module: whose it is, or NULL
 * @evidence: how that is known
 */
struct function {
	const struct symbol *names;
	size_t nr_names;
	uint64_t address;
	uint64_t size;
	uint32_t section;
	uint32_t unit;
	const char *module;
	enum evidence evidence;
};

/**
 * struct image - one vmlinux or module
 * @unpacked: contents of a file packed by zstd, or NULL
 * @file_size: in bytes, unpacked
 * @section_of: for each ELF section, 1 + its index in @sections, or 0
 * @symtab: the symbol table, NULL if there is none
 * @functions: by section, then address
 * @units: the first one stands for none
 * @init_begin: __init_begin of a vmlinux
 * @init_end: __init_end of a vmlinux
 * @is_um: user mode Linux
 * @module: name of the module, or NULL
 * @vermagic: of the module, or NULL
 * @can_unload: the kernel it was built for has CONFIG_MODULE_UNLOAD
 */
struct image {
	const char *path;
	int fd;
	Elf *elf;
	void *unpacked;
	GElf_Ehdr ehdr;
	uint64_t file_size;
	enum image_kind kind;

	struct section *sections;
	size_t nr_sections;
	uint32_t *section_of;
	size_t nr_elf_sections;
	Elf_Scn *symtab;

	struct symbol *symbols;
	size_t nr_symbols;
	struct function *functions;
	size_t nr_functions;
	struct unit *units;
	size_t nr_units;
	struct initcall *initcalls;
	size_t nr_initcalls;

	bool has_banner;
	bool has_init_begin;
	bool has_init_end;
	uint64_t init_begin;
	uint64_t init_end;
	bool is_um;

	const char *module;
	const char *vermagic;
	bool can_unload;
};

/* image.c */
int image_open(struct image *img, const char *path);
void image_close(struct image *img);
Elf_Data *image_data(struct image *img, Elf_Scn *scn);
int image_keep_driver(struct image *img, const char *driver);

/* unpack.c */
bool is_zstd(int fd);
void *unpack_zstd(const char *path, int fd, size_t *size);

/* modinfo.c */
int modinfo_read(struct image *img, Elf_Scn *modinfo);

/* initcalls.c */
bool initcall_parse(const char *name, struct initcall *call);

/* symbols.c */
int symbols_read(struct image *img);

/* lifetimes.c */
int lifetimes_decide(struct image *img);

/* owners.c */
void owners_decide(struct image *img);

/* names.c */
const char *phase_name(enum phase phase);
const char *lifetime_name(enum lifetime lifetime);
const char *evidence_name(enum evidence evidence);
bool module_name_equal(const char *a, const char *b);

/* complain.c */
void complain(const char *path, const char *section, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void *must_alloc(size_t nr, size_t size);
void *must_realloc(void *mem, size_t size);
char *must_strndup(const char *s, size_t len);

/* table.c */
void table_print(FILE *out, const struct image *img, const char *driver);

/* json.c */
struct json_object;
struct json_object *json_image(const struct image *img);

#endif
