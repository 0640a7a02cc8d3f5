// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the loader comes to a module's routines: modpost writes a struct module with
 * .init = init_module and, under CONFIG_MODULE_UNLOAD, .exit = cleanup_module
 * (add_header() in scripts/mod/modpost.c). What makes that work are the relocations
 * at these members, where the headers that the module was built with have them.
 */

#include <inttypes.h>
#include <string.h>

#include "inspector.h"

static struct routine *routine_of(struct image *img, const char *symbol)
{
	if (!strcmp(symbol, "init_module"))
		return &img->init;
	if (!strcmp(symbol, "cleanup_module"))
		return &img->exit;
	return NULL;
}

static const char *symbol_name(struct image *img, Elf_Data *symtab, size_t strings,
			       size_t index)
{
	GElf_Sym sym;

	if (!gelf_getsym(symtab, index, &sym))
		return NULL;
	return elf_strptr(img->elf, strings, sym.st_name);
}

static int read_section(struct image *img, Elf_Scn *scn, const GElf_Shdr *shdr)
{
	Elf_Data *data = image_data(img, scn), *symtab = image_data(img, img->symtab);
	bool rela = shdr->sh_type == SHT_RELA;
	GElf_Shdr symtab_shdr;
	size_t nr;

	if (!data || !symtab || !gelf_getshdr(img->symtab, &symtab_shdr))
		return -1;
	nr = data->d_size / gelf_fsize(img->elf, rela ? ELF_T_RELA : ELF_T_REL, 1,
				       EV_CURRENT);
	for (size_t i = 0; i < nr; i++) {
		struct routine *routine;
		const char *name;
		GElf_Rela r;

		/* GElf_Rel is the beginning of GElf_Rela. */
		if (rela ? !gelf_getrela(data, i, &r) :
			   !gelf_getrel(data, i, (GElf_Rel *)&r))
			return -1;
		name = symbol_name(img, symtab, symtab_shdr.sh_link, GELF_R_SYM(r.r_info));
		if (!name) {
			complain(img->path, image_section_name(img, elf_ndxscn(scn)),
				 "relocation %zu: symbol %" PRIu64 " is not there", i,
				 (uint64_t)GELF_R_SYM(r.r_info));
			return -1;
		}
		routine = routine_of(img, name);
		if (routine) {
			routine->linked = true;
			routine->offset = r.r_offset;
		}
	}
	return 0;
}

/**
 * relocations_read() - find where a module's routines are linked into struct module
 * @img: a module, read; sets @linked and @offset of its routines
 *
 * Return: 0, or -1 after a message.
 */
int relocations_read(struct image *img)
{
	size_t this_module = elf_ndxscn(img->this_module);
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(img->elf, scn))) {
		GElf_Shdr shdr;

		if (!gelf_getshdr(scn, &shdr) || shdr.sh_info != this_module ||
		    (shdr.sh_type != SHT_REL && shdr.sh_type != SHT_RELA))
			continue;
		if (read_section(img, scn, &shdr))
			return -1;
	}
	return 0;
}
