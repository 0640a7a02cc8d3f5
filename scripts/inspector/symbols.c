// SPDX-License-Identifier: GPL-2.0-only
/* One walk of the symbol table. */

#include <stdlib.h>
#include <string.h>

#include "inspector.h"

static void add_initcall(struct image *img, const char *name, uint32_t unit)
{
	struct initcall *call = &img->initcalls[img->nr_initcalls];

	if (!initcall_parse(name, call))
		return;
	call->unit = unit;
	img->nr_initcalls++;
}

/* The linker scripts' symbols that tell what is freed. */
static void note_marker(struct image *img, const char *name, uint64_t value)
{
	if (!strcmp(name, "__init_begin")) {
		img->init_begin = value;
		img->has_init_begin = true;
	} else if (!strcmp(name, "__init_end")) {
		img->init_end = value;
		img->has_init_end = true;
	} else if (!strcmp(name, "__uml_exitcall_begin")) {
		/* arch/um/include/asm/common.lds.S */
		img->is_um = true;
	} else if (!strcmp(name, "linux_banner")) {
		/* init/version.c: in every vmlinux, in nothing else */
		img->has_banner = true;
	}
}

static void add_function_name(struct image *img, const GElf_Sym *sym,
			      const char *name, uint32_t section, uint32_t unit)
{
	bool local = GELF_ST_BIND(sym->st_info) == STB_LOCAL;

	img->symbols[img->nr_symbols++] = (struct symbol){
		.name = name,
		.address = sym->st_value,
		.size = sym->st_size,
		.section = section,
		.unit = local ? unit : 0,
		.local = local,
	};
}

/*
 * STT_FILE and the local symbols of its file stand together. GNU ld names the
 * object where the assembler wrote no STT_FILE; an empty name ends the files.
 */
static uint32_t add_unit(struct image *img, const char *source)
{
	if (!*source)
		return 0;
	img->units[img->nr_units].source = source;
	return img->nr_units++;
}

static int walk(struct image *img, Elf_Data *symtab, Elf_Data *strtab, size_t nr)
{
	const char *strings = strtab->d_buf;
	uint32_t unit = 0;

	for (size_t i = 1; i < nr; i++) {
		uint32_t section = 0;
		const char *name;
		GElf_Sym sym;

		if (!gelf_getsym(symtab, i, &sym)) {
			complain(img->path, ".symtab", "symbol %zu: %s", i,
				 elf_errmsg(-1));
			return -1;
		}
		if (sym.st_name >= strtab->d_size) {
			complain(img->path, ".symtab",
				 "symbol %zu has its name outside the string table", i);
			return -1;
		}
		name = strings + sym.st_name;
		if (sym.st_shndx < img->nr_elf_sections)
			section = img->section_of[sym.st_shndx];

		switch (GELF_ST_TYPE(sym.st_info)) {
		case STT_FILE:
			unit = add_unit(img, name);
			break;
		case STT_FUNC:
			if (section)
				add_function_name(img, &sym, name, section - 1, unit);
			break;
		case STT_NOTYPE:
		case STT_OBJECT:
			if (img->kind != IMAGE_VMLINUX)
				break;
			note_marker(img, name, sym.st_value);
			add_initcall(img, name, unit);
			break;
		}
	}
	return 0;
}

/* The names that every module's routines have, besides their own. */
static bool is_generic(const struct symbol *sym)
{
	return !strcmp(sym->name, "init_module") ||
	       !strcmp(sym->name, "cleanup_module");
}

#define CMP(a, b) (((a) > (b)) - ((a) < (b)))

/* By section and address, there a function's own name first. */
static int compare_symbols(const void *pa, const void *pb)
{
	const struct symbol *a = pa, *b = pb;
	int ret;

	ret = CMP(a->section, b->section);
	if (!ret)
		ret = CMP(a->address, b->address);
	if (!ret)
		ret = CMP(is_generic(a), is_generic(b));
	if (!ret)
		ret = CMP(b->local, a->local);
	if (!ret)
		ret = strcmp(a->name, b->name);
	return ret;
}

static void join_aliases(struct image *img)
{
	struct function *fn = NULL;

	img->functions = must_alloc(img->nr_symbols, sizeof(*img->functions));
	for (size_t i = 0; i < img->nr_symbols; i++) {
		const struct symbol *sym = &img->symbols[i];

		if (!fn || fn->section != sym->section ||
		    fn->address != sym->address) {
			fn = &img->functions[img->nr_functions++];
			fn->names = sym;
			fn->section = sym->section;
			fn->address = sym->address;
			fn->unit = sym->unit;
		}
		fn->nr_names++;
		if (sym->size > fn->size)
			fn->size = sym->size;
	}
}

/**
 * symbols_read() - find functions, units, initcalls and markers
 * @img: an opened image; sets all of that
 *
 * Return: 0, or -1 after a message.
 */
int symbols_read(struct image *img)
{
	Elf_Data *symtab, *strtab;
	GElf_Shdr shdr;
	Elf_Scn *scn;
	size_t nr;

	if (!img->symtab) {
		complain(img->path, NULL, img->kind == IMAGE_MODULE ?
			 "no symbol table: the module was stripped" :
			 "neither a vmlinux with symbols nor a module: no symbol table");
		return -1;
	}
	symtab = image_data(img, img->symtab);
	if (!symtab || !gelf_getshdr(img->symtab, &shdr))
		return -1;
	scn = elf_getscn(img->elf, shdr.sh_link);
	if (!scn) {
		complain(img->path, ".symtab", "section %u, its string table, is not there",
			 shdr.sh_link);
		return -1;
	}
	strtab = image_data(img, scn);
	if (!strtab)
		return -1;
	if (!strtab->d_size || ((char *)strtab->d_buf)[strtab->d_size - 1]) {
		complain(img->path, ".strtab", "does not end with a NUL byte");
		return -1;
	}

	nr = symtab->d_size / gelf_fsize(img->elf, ELF_T_SYM, 1, EV_CURRENT);
	img->symbols = must_alloc(nr, sizeof(*img->symbols));
	img->units = must_alloc(nr + 1, sizeof(*img->units));
	img->nr_units = 1;
	img->initcalls = must_alloc(nr, sizeof(*img->initcalls));
	if (walk(img, symtab, strtab, nr))
		return -1;
	if (img->kind == IMAGE_VMLINUX && !img->has_banner) {
		complain(img->path, NULL,
			 "neither a vmlinux nor a module: no symbol linux_banner");
		return -1;
	}
	qsort(img->symbols, img->nr_symbols, sizeof(*img->symbols),
	      compare_symbols);
	join_aliases(img);
	return 0;
}
