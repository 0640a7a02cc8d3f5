/* SPDX-License-Identifier: GPL-2.0-only */
/* The one way to read a symbol table. */
#ifndef INSPECTOR_SYMTAB_H
#define INSPECTOR_SYMTAB_H

#include <string.h>

#include "../inspector.h"

struct symtab {
	const struct image *img;
	bool is_64;
	const char *symbols;
	size_t nr;
	const char *strings;
	size_t strings_size;
	Elf_Data *shndx;	/* or NULL */
};

/**
 * struct elf_symbol - one of its symbols
 * @name: in the string table
 * @value: st_value
 * @size: st_size
 * @type: STT_...
 * @bind: STB_...
 * @shndx: st_shndx
 * @section: the ELF section, 0 for none; it can be one that is not there
 */
struct elf_symbol {
	const char *name;
	uint64_t value;
	uint64_t size;
	unsigned char type;
	unsigned char bind;
	uint16_t shndx;
	size_t section;
};

int symtab_open(struct symtab *tab, struct image *img);
size_t symtab_extended(const struct symtab *tab, size_t index, uint16_t shndx);
void symtab_no_name(const struct symtab *tab, size_t index);

/*
 * Sets @sym to symbol number @index. gelf_getsymshndx() would take a lock for each symbol,
 * and with it half of the time that a whole vmlinux takes.
 */
static inline int symtab_get(const struct symtab *tab, size_t index, struct elf_symbol *sym)
{
	Elf64_Sym elf;

	/* Copied, since they can stand at any address. */
	if (tab->is_64) {
		memcpy(&elf, tab->symbols + index * sizeof(elf), sizeof(elf));
	} else {
		Elf32_Sym small;

		memcpy(&small, tab->symbols + index * sizeof(small), sizeof(small));
		elf = (Elf64_Sym){
			.st_name = small.st_name,
			.st_info = small.st_info,
			.st_shndx = small.st_shndx,
			.st_value = small.st_value,
			.st_size = small.st_size,
		};
	}
	if (elf.st_name >= tab->strings_size) {
		symtab_no_name(tab, index);
		return -1;
	}
	*sym = (struct elf_symbol){
		.name = tab->strings + elf.st_name,
		.value = elf.st_value,
		.size = elf.st_size,
		.type = GELF_ST_TYPE(elf.st_info),
		.bind = GELF_ST_BIND(elf.st_info),
		.shndx = elf.st_shndx,
		.section = elf.st_shndx < SHN_LORESERVE ? elf.st_shndx :
			   symtab_extended(tab, index, elf.st_shndx),
	};
	return 0;
}

#endif
