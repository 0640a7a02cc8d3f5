// SPDX-License-Identifier: GPL-2.0-only

#include <string.h>

#include "symtab.h"

static Elf_Data *string_table(struct image *img)
{
	uint32_t link = img->headers[img->symtab].shdr.sh_link;

	if (!link || link >= img->nr_headers || !img->headers[link].scn) {
		complain(img->path, ".symtab", "its string table, section %u, is missing", link);
		return NULL;
	}
	return image_strings(img, link);
}

/* @img has to have a symbol table. */
int symtab_open(struct symtab *tab, struct image *img)
{
	Elf_Data *data = image_data(img, img->symtab), *strings;

	*tab = (struct symtab){ .img = img };
	if (!data)
		return -1;
	strings = string_table(img);
	if (!strings)
		return -1;
	if (img->shndx) {
		tab->shndx = image_data(img, img->shndx);
		if (!tab->shndx)
			return -1;
	}
	tab->is_64 = img->ehdr.e_ident[EI_CLASS] == ELFCLASS64;
	tab->symbols = data->d_buf;
	tab->nr = data->d_size / gelf_fsize(img->elf, ELF_T_SYM, 1, EV_CURRENT);
	tab->strings = strings->d_buf;
	tab->strings_size = strings->d_size;
	return 0;
}

/* The section of a symbol whose number does not fit into st_shndx; 0 for none. */
size_t symtab_extended(const struct symtab *tab, size_t index, uint16_t shndx)
{
	Elf32_Word section;

	if (shndx != SHN_XINDEX || !tab->shndx ||
	    index >= tab->shndx->d_size / sizeof(section))
		return 0;
	memcpy(&section, (const char *)tab->shndx->d_buf + index * sizeof(section),
	       sizeof(section));
	return section;
}

void symtab_no_name(const struct symtab *tab, size_t index)
{
	complain(tab->img->path, ".symtab",
		 "the name of symbol %zu lies outside the string table", index);
}
