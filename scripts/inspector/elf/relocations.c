// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the loader finds a module's init and exit functions: modpost writes a struct module
 * with .init = init_module and, under CONFIG_MODULE_UNLOAD, .exit = cleanup_module
 * (add_header() in scripts/mod/modpost.c). Relocations at these members make that work;
 * their offsets are those of the headers that the module was built with.
 */

#include <inttypes.h>

#include "symtab.h"

static int note_relocation(struct image *img, const struct symtab *tab, size_t header,
			   size_t number, const GElf_Rela *rela)
{
	uint64_t index = GELF_R_SYM(rela->r_info);
	struct entry_point *point = NULL;
	struct elf_symbol sym;

	if (index >= tab->nr) {
		complain(img->path, img->headers[header].name,
			 "relocation %zu: there is no symbol %" PRIu64, number, index);
		return -1;
	}
	if (symtab_get(tab, index, &sym))
		return -1;
	if (equal(sym.name, "init_module"))
		point = &img->init;
	else if (equal(sym.name, "cleanup_module"))
		point = &img->exit;
	if (point) {
		point->linked = true;
		point->offset = rela->r_offset;
	}
	return 0;
}

static int read_section(struct image *img, const struct symtab *tab, size_t header)
{
	bool rela = img->headers[header].shdr.sh_type == SHT_RELA;
	Elf_Data *data = image_data(img, header);
	size_t nr;

	if (!data)
		return -1;
	nr = data->d_size / gelf_fsize(img->elf, rela ? ELF_T_RELA : ELF_T_REL, 1, EV_CURRENT);
	for (size_t i = 0; i < nr; i++) {
		GElf_Rela r;

		/* GElf_Rel is the beginning of GElf_Rela. */
		if (rela ? !gelf_getrela(data, i, &r) :
			   !gelf_getrel(data, i, (GElf_Rel *)&r))
			return -1;
		if (note_relocation(img, tab, header, i, &r))
			return -1;
	}
	return 0;
}

int relocations_read(struct image *img)
{
	struct symtab tab;

	if (symtab_open(&tab, img))
		return -1;
	for (size_t i = 1; i < img->nr_headers; i++) {
		const GElf_Shdr *shdr = &img->headers[i].shdr;

		if (shdr->sh_info == img->this_module &&
		    (shdr->sh_type == SHT_REL || shdr->sh_type == SHT_RELA) &&
		    read_section(img, &tab, i))
			return -1;
	}
	return 0;
}
