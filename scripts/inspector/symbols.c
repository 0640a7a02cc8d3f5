// SPDX-License-Identifier: GPL-2.0-only
/* One walk of the symbol table. */

#include <string.h>

#include "inspector.h"

/* What the walk needs at each symbol. */
struct walk {
	struct image *img;
	Elf_Data *symtab;
	Elf_Data *shndx;	/* or NULL */
	const char *strings;
	size_t strings_size;
	uint32_t unit;		/* that local symbols belong to */
};

static void add_initcall(struct image *img, const char *name, uint32_t unit)
{
	struct initcall call = { .unit = unit };

	if (!initcall_parse(name, &call))
		return;
	img->initcalls = must_grow(img->initcalls, img->nr_initcalls, sizeof(call));
	img->initcalls[img->nr_initcalls++] = call;
}

/* The linker scripts' symbols that tell what is freed. */
static void note_marker(struct image *img, const char *name, uint64_t value)
{
	if (equal(name, "__init_begin")) {
		img->init_begin = value;
		img->has_init_begin = true;
	} else if (equal(name, "__init_end")) {
		img->init_end = value;
		img->has_init_end = true;
	} else if (equal(name, "_end")) {
		img->end = value;
	} else if (equal(name, "__uml_exitcall_begin")) {
		/* arch/um/include/asm/common.lds.S */
		img->is_um = true;
	} else if (equal(name, "linux_banner")) {
		/* init/version.c: in every vmlinux, in nothing else */
		img->has_banner = true;
	}
}

static void note_routine(struct image *img, const char *name, size_t section,
			 uint64_t address)
{
	struct routine *routine;

	if (equal(name, "init_module"))
		routine = &img->init;
	else if (equal(name, "cleanup_module"))
		routine = &img->exit;
	else
		return;
	routine->section = section;
	routine->address = address;
}

/*
 * STT_FILE and the local symbols of its file stand together. GNU ld names the
 * object where the assembler wrote no STT_FILE; an empty name ends the files.
 */
static uint32_t add_unit(struct image *img, const char *name)
{
	img->units = must_grow(img->units, img->nr_units, sizeof(*img->units));
	img->units[img->nr_units] = (struct unit){
		.source = image_add_source(img, name, false)
	};
	return img->nr_units++;
}

/* Marks that assemblers and compilers leave: "Mapping symbols" of the ELF ABIs. */
static bool is_mark(const char *name)
{
	return !*name || *name == '$' || starts_with(name, ".L");
}

static bool is_function_address_odd(const struct image *img, const GElf_Sym *sym)
{
	return img->ehdr.e_machine == EM_ARM &&
	       GELF_ST_TYPE(sym->st_info) == STT_FUNC && (sym->st_value & 1);
}

static void add_symbol(struct walk *walk, const GElf_Sym *sym, const char *name,
		       uint32_t section)
{
	struct image *img = walk->img;
	bool local = GELF_ST_BIND(sym->st_info) == STB_LOCAL;
	enum item_kind kind = ITEM_ASSEMBLER;

	if (sym->st_size && GELF_ST_TYPE(sym->st_info) != STT_NOTYPE)
		kind = GELF_ST_TYPE(sym->st_info) != STT_FUNC ? ITEM_OBJECT :
		       is_padding_name(name) ? ITEM_PADDING : ITEM_FUNCTION;
	img->symbols[img->nr_symbols++] = (struct symbol){
		.name = name,
		.address = sym->st_value,
		.size = kind == ITEM_ASSEMBLER ? 0 : sym->st_size,
		.section = section,
		.unit = local ? walk->unit : 0,
		.kind = kind,
		.local = local,
	};
}

/* A symbol that stands for something in a section, or outside all. */
static void note_symbol(struct walk *walk, GElf_Sym *sym, const char *name,
			size_t section)
{
	struct image *img = walk->img;
	uint32_t own = section < img->nr_elf_sections ? img->section_of[section] : 0;
	int type = GELF_ST_TYPE(sym->st_info);
	struct unit *unit = &img->units[walk->unit];

	/* In Thumb code: see "ELF for the Arm Architecture", st_value. */
	if (is_function_address_odd(img, sym))
		sym->st_value--;

	if (img->kind == IMAGE_MODULE) {
		if (GELF_ST_BIND(sym->st_info) != STB_LOCAL)
			note_routine(img, name, section, sym->st_value);
	} else if (type != STT_FUNC) {
		note_marker(img, name, sym->st_value);
		add_initcall(img, name, walk->unit);
	}
	if (!own)
		return;
	if (type == STT_FUNC && GELF_ST_BIND(sym->st_info) == STB_LOCAL &&
	    walk->unit && !unit->section && !is_padding_name(name)) {
		unit->section = section;
		unit->address = sym->st_value;
	}
	if (img->sections[own - 1].wanted && !is_mark(name))
		add_symbol(walk, sym, name, own - 1);
}

/*
 * As gelf_getsymshndx(), which takes a lock for each symbol: half the time that a
 * whole vmlinux takes.
 */
static GElf_Sym get_symbol(const struct walk *walk, size_t i)
{
	const char *symbols = walk->symtab->d_buf;
	Elf32_Sym small;
	GElf_Sym sym;

	/* Copied: in a file they can stand at any address. */
	if (walk->img->ehdr.e_ident[EI_CLASS] == ELFCLASS64) {
		memcpy(&sym, symbols + i * sizeof(sym), sizeof(sym));
		return sym;
	}
	memcpy(&small, symbols + i * sizeof(small), sizeof(small));
	return (GElf_Sym){
		.st_name = small.st_name,
		.st_info = small.st_info,
		.st_shndx = small.st_shndx,
		.st_value = small.st_value,
		.st_size = small.st_size,
	};
}

/* The section of a symbol, 0 for none. */
static size_t symbol_section(const struct walk *walk, const GElf_Sym *sym, size_t i)
{
	Elf32_Word section;

	if (sym->st_shndx < SHN_LORESERVE)
		return sym->st_shndx;
	if (sym->st_shndx != SHN_XINDEX || !walk->shndx ||
	    i >= walk->shndx->d_size / sizeof(section))
		return 0;
	memcpy(&section, (const char *)walk->shndx->d_buf + i * sizeof(section),
	       sizeof(section));
	return section;
}

static int walk_symbols(struct walk *walk, size_t nr)
{
	struct image *img = walk->img;

	for (size_t i = 1; i < nr; i++) {
		GElf_Sym sym = get_symbol(walk, i);
		const char *name;

		if (sym.st_name >= walk->strings_size) {
			complain(img->path, ".symtab",
				 "symbol %zu has its name outside the string table", i);
			return -1;
		}
		name = walk->strings + sym.st_name;
		switch (GELF_ST_TYPE(sym.st_info)) {
		case STT_FILE:
			walk->unit = *name ? add_unit(img, name) : 0;
			break;
		case STT_FUNC:
		case STT_NOTYPE:
		case STT_OBJECT:
			if (sym.st_shndx != SHN_UNDEF)
				note_symbol(walk, &sym, name,
					    symbol_section(walk, &sym, i));
			break;
		}
	}
	return 0;
}

/* The string table of the symbols. */
static Elf_Data *string_table(struct image *img)
{
	GElf_Shdr shdr;
	Elf_Scn *scn;

	gelf_getshdr(img->symtab, &shdr);
	scn = elf_getscn(img->elf, shdr.sh_link);
	if (!shdr.sh_link || !scn) {
		complain(img->path, ".symtab", "section %u, its string table, is not there",
			 shdr.sh_link);
		return NULL;
	}
	return image_strings(img, scn);
}

/**
 * symbols_read() - find names, units, initcalls and markers
 * @img: an opened image; sets all of that
 *
 * Return: 0, or -1 after a message.
 */
int symbols_read(struct image *img)
{
	struct walk walk = { .img = img };
	Elf_Data *strtab;
	size_t nr;

	if (!img->symtab) {
		complain(img->path, NULL, img->kind == IMAGE_VMLINUX ?
			 "neither a vmlinux with symbols nor a module: no symbol table" :
			 "no symbol table: the file was stripped");
		return -1;
	}
	walk.symtab = image_data(img, img->symtab);
	if (!walk.symtab)
		return -1;
	strtab = string_table(img);
	if (!strtab)
		return -1;
	walk.strings = strtab->d_buf;
	walk.strings_size = strtab->d_size;
	if (img->shndx) {
		walk.shndx = image_data(img, img->shndx);
		if (!walk.shndx)
			return -1;
	}

	nr = walk.symtab->d_size / gelf_fsize(img->elf, ELF_T_SYM, 1, EV_CURRENT);
	img->symbols = must_realloc(NULL, (nr + 1) * sizeof(*img->symbols));
	add_unit(img, NULL);	/* the first one is none */
	if (walk_symbols(&walk, nr))
		return -1;
	if (img->kind == IMAGE_VMLINUX && !img->has_banner) {
		complain(img->path, NULL,
			 "neither a vmlinux nor a module: no symbol linux_banner");
		return -1;
	}
	return 0;
}
