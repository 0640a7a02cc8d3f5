// SPDX-License-Identifier: GPL-2.0-only
/* Section and table numbers are those of the DWARF 5 standard. */

#include <dwarf.h>
#include <gelf.h>
#include <string.h>

#include "units.h"
#include "../inspector.h"

static const struct bytes nothing = { .at = (const unsigned char *)"" };

static struct bytes section_bytes(Elf *elf, Elf_Scn *scn, const GElf_Shdr *shdr)
{
	struct bytes bytes = nothing;
	Elf_Data *data;

	if (shdr->sh_type == SHT_NOBITS ||
	    ((shdr->sh_flags & SHF_COMPRESSED) && elf_compress(scn, 0, 0) < 0))
		return nothing;
	data = elf_rawdata(scn, NULL);
	if (!data || !data->d_buf)
		return nothing;
	bytes.at = data->d_buf;
	bytes.left = data->d_size;
	bytes.big_endian = elf_getident(elf, NULL)[EI_DATA] == ELFDATA2MSB;
	return bytes;
}

/**
 * dwarf_sections_read() - find the sections
 * @dwarf: filled in; what is not there is empty
 * @elf: the file
 */
void dwarf_sections_read(struct dwarf_sections *dwarf, Elf *elf)
{
	const struct {
		const char *name;
		struct bytes *bytes;
	} wanted[] = {
		{ ".debug_aranges", &dwarf->aranges },
		{ ".debug_info", &dwarf->info },
		{ ".debug_abbrev", &dwarf->abbrev },
		{ ".debug_str", &dwarf->str },
		{ ".debug_line_str", &dwarf->line_str },
		{ ".debug_str_offsets", &dwarf->str_offsets },
	};
	Elf_Scn *scn = NULL;
	size_t strings;

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		*wanted[i].bytes = nothing;
	if (elf_getshdrstrndx(elf, &strings))
		return;
	while ((scn = elf_nextscn(elf, scn))) {
		const char *name = NULL;
		GElf_Shdr shdr;

		if (gelf_getshdr(scn, &shdr))
			name = elf_strptr(elf, strings, shdr.sh_name);
		for (size_t i = 0; name && i < ARRAY_SIZE(wanted); i++)
			if (!strcmp(name, wanted[i].name))
				*wanted[i].bytes = section_bytes(elf, scn, &shdr);
	}
}

/* 7.4: the length of what follows tells how large offsets in it are. */
static struct bytes read_length(struct bytes *bytes, size_t *offset_size)
{
	uint64_t length = bytes_number(bytes, 4);
	struct bytes part;

	*offset_size = 4;
	if (length == 0xffffffff) {
		length = bytes_number(bytes, 8);
		*offset_size = 8;
	}
	part = *bytes;
	bytes_skip(bytes, length);
	if (!bytes->short_of)
		part.left = length;
	return part;
}

/* 6.1.2: the addresses begin at a multiple of the size of a pair, from the set's start. */
static void skip_padding(struct bytes *set, const unsigned char *start, size_t pair)
{
	size_t over = (set->at - start) % pair;

	if (over)
		bytes_skip(set, pair - over);
}

static size_t read_set(struct bytes *set, const unsigned char *start,
		       size_t offset_size, struct dwarf_piece *pieces)
{
	size_t nr = 0, address_size;
	uint64_t unit;

	bytes_skip(set, 2);	/* version: always 2 */
	unit = bytes_number(set, offset_size);
	address_size = bytes_number(set, 1);
	bytes_skip(set, 1);	/* segment selectors: no architecture has them */
	if (address_size != 4 && address_size != 8)
		return 0;
	skip_padding(set, start, 2 * address_size);
	while (set->left >= 2 * address_size) {
		uint64_t address = bytes_number(set, address_size);
		uint64_t length = bytes_number(set, address_size);

		if (length)
			pieces[nr++] = (struct dwarf_piece){
				.start = address, .end = address + length, .unit = unit,
			};
	}
	return nr;
}

/**
 * dwarf_aranges() - all of .debug_aranges
 * @dwarf: the sections
 * @nr: set to the number of pieces
 *
 * Return: the pieces, as they stand in the file, allocated.
 */
struct dwarf_piece *dwarf_aranges(const struct dwarf_sections *dwarf, size_t *nr)
{
	struct bytes bytes = dwarf->aranges;
	/* A pair of addresses is 8 bytes at least. */
	struct dwarf_piece *pieces = must_alloc(bytes.left / 8, sizeof(*pieces));

	*nr = 0;
	while (bytes.left && !bytes.short_of) {
		const unsigned char *start = bytes.at;
		size_t offset_size;
		struct bytes set = read_length(&bytes, &offset_size);

		*nr += read_set(&set, start, offset_size, pieces + *nr);
	}
	return pieces;
}

/**
 * struct unit_reader - reads the attributes of a unit
 * @dwarf: the sections
 * @die: the values
 * @abbrev: what they are
 * @version: of DWARF
 * @offset_size: 4 or 8
 * @address_size: 4 or 8
 * @offsets_base: of its part of .debug_str_offsets
 */
struct unit_reader {
	const struct dwarf_sections *dwarf;
	struct bytes die;
	struct bytes abbrev;
	unsigned int version;
	size_t offset_size;
	size_t address_size;
	uint64_t offsets_base;
};

/* A string's place: in one of the sections, or by index in .debug_str_offsets. */
struct string {
	const struct bytes *section;
	uint64_t offset;
	bool indexed;
};

/* 7.5.1 */
static int read_head(struct unit_reader *reader, uint64_t offset)
{
	struct bytes bytes = bytes_from(&reader->dwarf->info, offset);
	struct bytes unit = read_length(&bytes, &reader->offset_size);
	uint64_t abbrev;

	reader->version = bytes_number(&unit, 2);
	if (reader->version >= 5) {
		unsigned int type = bytes_number(&unit, 1);

		reader->address_size = bytes_number(&unit, 1);
		abbrev = bytes_number(&unit, reader->offset_size);
		if (type != DW_UT_compile)
			return -1;
	} else {
		abbrev = bytes_number(&unit, reader->offset_size);
		reader->address_size = bytes_number(&unit, 1);
	}
	reader->offsets_base = 2 * reader->offset_size;
	reader->die = unit;
	reader->abbrev = bytes_from(&reader->dwarf->abbrev, abbrev);
	return 0;
}

/* 7.5.3: goes to the attributes of the unit's own entry. */
static int find_abbrev(struct unit_reader *reader)
{
	uint64_t code = bytes_leb128(&reader->die);
	struct bytes *abbrev = &reader->abbrev;

	while (!abbrev->short_of) {
		uint64_t found = bytes_leb128(abbrev), attribute, form;

		if (!found)
			return -1;
		bytes_leb128(abbrev);	/* tag */
		bytes_number(abbrev, 1);	/* has children */
		if (found == code)
			return 0;
		do {
			attribute = bytes_leb128(abbrev);
			form = bytes_leb128(abbrev);
			if (form == DW_FORM_implicit_const)
				bytes_leb128(abbrev);
		} while ((attribute || form) && !abbrev->short_of);
	}
	return -1;
}

/*
 * Reads or skips a value: a string's place, or a number. The forms are those that
 * compilers use for the attributes of a unit: constants, offsets, strings,
 * addresses, flags. Returns -1 for any other.
 */
static int read_value(struct unit_reader *reader, uint64_t form, struct string *string,
		      uint64_t *number)
{
	const struct dwarf_sections *dwarf = reader->dwarf;
	struct bytes *die = &reader->die;
	size_t size = 0;

	*string = (struct string){ 0 };
	*number = 0;
	switch (form) {
	case DW_FORM_string:
		/* From here on the entry itself is the section. */
		string->section = &dwarf->info;
		string->offset = die->at - dwarf->info.at;
		bytes_string(die);
		return 0;
	case DW_FORM_strp:
		string->section = &dwarf->str;
		size = reader->offset_size;
		break;
	case DW_FORM_line_strp:
		string->section = &dwarf->line_str;
		size = reader->offset_size;
		break;
	case DW_FORM_strx1 ... DW_FORM_strx4:
		string->indexed = true;
		size = form - DW_FORM_strx1 + 1;
		break;
	case DW_FORM_strx:
		string->indexed = true;
		break;
	case DW_FORM_addr:
		size = reader->address_size == 4 ? 4 : 8;
		break;
	case DW_FORM_data1:
	case DW_FORM_flag:
	case DW_FORM_addrx1:
		size = 1;
		break;
	case DW_FORM_data2:
	case DW_FORM_addrx2:
		size = 2;
		break;
	case DW_FORM_data4:
	case DW_FORM_addrx4:
		size = 4;
		break;
	case DW_FORM_data8:
		size = 8;
		break;
	case DW_FORM_sec_offset:
		size = reader->offset_size;
		break;
	case DW_FORM_udata:
	case DW_FORM_sdata:
	case DW_FORM_addrx:
	case DW_FORM_rnglistx:
	case DW_FORM_loclistx:
		break;
	case DW_FORM_flag_present:
	case DW_FORM_implicit_const:
		return 0;
	default:
		return -1;
	}
	*number = size ? bytes_number(die, size) : bytes_leb128(die);
	string->offset = *number;
	return 0;
}

static const char *resolve(const struct unit_reader *reader, const struct string *string)
{
	const struct bytes *section = string->section;
	uint64_t offset = string->offset;
	struct bytes bytes;

	if (string->indexed) {
		size_t size = reader->offset_size;

		section = &reader->dwarf->str;
		bytes = bytes_from(&reader->dwarf->str_offsets,
				   reader->offsets_base + (offset & 0xffffffff) * size);
		offset = bytes_number(&bytes, size);
		if (bytes.short_of)
			return NULL;
	}
	if (!section)
		return NULL;
	bytes = bytes_from(section, offset);
	return bytes_string(&bytes);
}

/**
 * dwarf_unit_read() - a unit's name
 * @dwarf: the sections
 * @offset: of the unit's head in .debug_info
 *
 * Return: what could be read
 */
struct dwarf_unit dwarf_unit_read(const struct dwarf_sections *dwarf, uint64_t offset)
{
	struct unit_reader reader = { .dwarf = dwarf };
	struct string name = { 0 }, directory = { 0 }, string;
	struct dwarf_unit unit = { 0 };

	if (read_head(&reader, offset) || find_abbrev(&reader))
		return unit;
	while (!reader.abbrev.short_of && !reader.die.short_of) {
		uint64_t attribute = bytes_leb128(&reader.abbrev), number;
		uint64_t form = bytes_leb128(&reader.abbrev);

		if (!attribute && !form)
			break;
		if (form == DW_FORM_implicit_const)
			bytes_leb128(&reader.abbrev);
		if (read_value(&reader, form, &string, &number))
			break;
		if (attribute == DW_AT_name)
			name = string;
		else if (attribute == DW_AT_comp_dir)
			directory = string;
		else if (attribute == DW_AT_str_offsets_base)
			reader.offsets_base = number;
	}
	unit.name = resolve(&reader, &name);
	unit.directory = resolve(&reader, &directory);
	return unit;
}
