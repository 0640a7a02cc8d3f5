// SPDX-License-Identifier: GPL-2.0-only
/* Symbols: names, units, initcalls, and the markers of linker scripts. */

#include <string.h>

#include "symtab.h"
#include "wrong.h"

static void add_initcall(struct image *img, const char *name, uint32_t unit)
{
	struct initcall call = { .unit = unit };

	if (!initcall_parse(name, &call))
		return;
	img->initcalls = must_grow(img->initcalls, img->nr_initcalls, sizeof(call));
	img->initcalls[img->nr_initcalls++] = call;
}

/* Symbols of linker scripts, and others that tell what this is. */
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
		/* init/version.c: in every vmlinux, and nowhere else */
		img->has_banner = true;
		img->banner = value;
	} else if (equal(name, "kernel_config_data")) {
		/* CONFIG_IKCONFIG: kernel/configs.c */
		img->config_begin = value;
	} else if (equal(name, "kernel_config_data_end")) {
		img->config_end = value;
	}
}

static void note_entry_point(struct image *img, const struct elf_symbol *sym)
{
	struct entry_point *point;

	if (equal(sym->name, "init_module"))
		point = &img->init;
	else if (equal(sym->name, "cleanup_module"))
		point = &img->exit;
	else
		return;
	point->section = sym->section;
	point->address = sym->value;
}

/* Adds a source file; @path has to live as long as the image. Returns its index. */
uint32_t source_add(struct image *img, const char *path, bool full)
{
	img->sources = must_grow(img->sources, img->nr_sources, sizeof(*img->sources));
	img->sources[img->nr_sources] = (struct source){ .path = path, .full = full };
	return img->nr_sources++;
}

/*
 * STT_FILE stands before the local symbols of its file. GNU ld writes the name of the
 * object where the assembler wrote no STT_FILE; an empty name ends the files.
 */
static uint32_t add_unit(struct image *img, const char *name)
{
	img->units = must_grow(img->units, img->nr_units, sizeof(*img->units));
	img->units[img->nr_units] = (struct unit){
		.source = source_add(img, name, false),
		.from = SOURCE_FROM_SYMBOL,
	};
	return img->nr_units++;
}

/* Marks that assemblers and compilers leave: "Mapping symbols" of the ELF ABIs. */
static bool is_mark(const char *name)
{
	return !*name || *name == '$' || starts_with(name, ".L");
}

static void add_symbol(struct image *img, const struct elf_symbol *sym, uint32_t section,
		       uint32_t unit)
{
	enum item_kind kind = ITEM_ASSEMBLER;
	bool local = sym->bind == STB_LOCAL;

	if (sym->size && sym->type != STT_NOTYPE)
		kind = sym->type != STT_FUNC ? ITEM_OBJECT :
		       is_padding_name(sym->name) ? ITEM_PADDING : ITEM_FUNCTION;
	img->symbols = must_grow(img->symbols, img->nr_symbols, sizeof(*img->symbols));
	img->symbols[img->nr_symbols++] = (struct symbol){
		.name = sym->name,
		.address = sym->value,
		.size = kind == ITEM_ASSEMBLER ? 0 : sym->size,
		.section = section,
		.unit = local ? unit : 0,
		.kind = kind,
		.local = local,
	};
}

/* A defined symbol that is no file and no section. */
static void note_symbol(struct image *img, struct elf_symbol *sym, uint32_t unit_index)
{
	uint32_t own = sym->section < img->nr_headers ? img->section_of[sym->section] : 0;
	struct unit *unit = &img->units[unit_index];

	/* Thumb code: see "ELF for the Arm Architecture", st_value. */
	if (img->ehdr.e_machine == EM_ARM && sym->type == STT_FUNC && (sym->value & 1))
		sym->value--;

	if (img->kind == IMAGE_MODULE) {
		if (sym->bind != STB_LOCAL)
			note_entry_point(img, sym);
	} else if (sym->type != STT_FUNC) {
		note_marker(img, sym->name, sym->value);
		add_initcall(img, sym->name, unit_index);
	}
	if (!own)
		return;
	if (sym->type == STT_FUNC && sym->bind == STB_LOCAL && unit_index && !unit->section &&
	    !is_padding_name(sym->name)) {
		unit->section = sym->section;
		unit->address = sym->value;
	}
	if (img->sections[own - 1].wanted && !img->no_items && !is_mark(sym->name))
		add_symbol(img, sym, own - 1, unit_index);
}

static int walk_symbols(struct image *img, const struct symtab *tab)
{
	uint32_t unit = add_unit(img, NULL);	/* the first one stands for none */

	for (size_t i = 1; i < tab->nr; i++) {
		struct elf_symbol sym;

		if (symtab_get(tab, i, &sym))
			return -1;
		switch (sym.type) {
		case STT_FILE:
			unit = *sym.name ? add_unit(img, sym.name) : 0;
			break;
		case STT_FUNC:
		case STT_NOTYPE:
		case STT_OBJECT:
			if (sym.shndx != SHN_UNDEF)
				note_symbol(img, &sym, unit);
			break;
		}
	}
	return 0;
}

int symbols_read(struct image *img)
{
	struct symtab tab;

	if (!img->symtab) {
		wrong_no_symbols(img);
		return -1;
	}
	if (symtab_open(&tab, img))
		return -1;
	if (walk_symbols(img, &tab))
		return -1;
	if (img->kind == IMAGE_VMLINUX && !img->has_banner) {
		complain(img->path, NULL,
			 "neither a vmlinux nor a module: there is no symbol linux_banner");
		return -1;
	}
	return 0;
}
