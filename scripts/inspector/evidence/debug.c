// SPDX-License-Identifier: GPL-2.0-only
/*
 * Debug information: the source file of an address is that of the compile unit that has
 * the address. .debug_aranges tells the unit without a look at anything else; clang leaves
 * it out, then the address ranges of each unit do.
 */

#include <elfutils/libdwfl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence.h"
#include "units.h"

/* A compile unit, and its source file in struct image. */
struct unit_source {
	uint64_t offset;
	uint32_t source;
};

/**
 * struct debug - debug information of an image
 * @addresses: in a relocatable file, those that libdwfl gave to its sections; else NULL
 * @pieces: by address
 * @nr_pieces: their number
 * @dwfl: of a relocatable file, while evidence is gathered
 * @elf: the file with @addresses, likewise
 * @dwarf: its sections, likewise
 * @units: struct unit_source by offset, for tsearch(), likewise
 * @root: path of the kernel tree that names of units begin with, likewise
 */
struct debug {
	uint64_t *addresses;
	struct dwarf_piece *pieces;
	size_t nr_pieces;
	Dwfl *dwfl;
	Elf *elf;
	struct dwarf_sections dwarf;
	void *units;
	char *root;
};

static int compare_pieces(const void *pa, const void *pb)
{
	const struct dwarf_piece *a = pa, *b = pb;

	return COMPARE(a->start, b->start);
}

static int compare_units(const void *pa, const void *pb)
{
	const struct unit_source *a = pa, *b = pb;

	return COMPARE(a->offset, b->offset);
}

/* No message where that fails: the names of symbols remain. */
static void pieces_by_units(struct debug *dbg, Elf *elf)
{
	Dwarf *dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	Dwarf_Off offset = 0, next;
	size_t head;

	for (; dwarf && !dwarf_nextcu(dwarf, offset, &next, &head, NULL, NULL, NULL);
	     offset = next) {
		struct dwarf_piece piece = { .unit = offset };
		ptrdiff_t at = 0;
		Dwarf_Addr base;
		Dwarf_Die die;

		if (!dwarf_offdie(dwarf, offset + head, &die))
			continue;
		while ((at = dwarf_ranges(&die, at, &base, &piece.start, &piece.end)) > 0)
			{
			dbg->pieces = must_grow(dbg->pieces, dbg->nr_pieces, sizeof(piece));
			dbg->pieces[dbg->nr_pieces++] = piece;
		}
	}
	dwarf_end(dwarf);
}

/* libdwfl gives addresses to the sections, and relocates .debug_* for them. */
static int lay_out(struct debug *dbg, struct image *img)
{
	static const Dwfl_Callbacks callbacks = {
		.section_address = dwfl_offline_section_address,
		.find_debuginfo = dwfl_build_id_find_debuginfo,
	};
	Dwfl_Module *mod = NULL;
	Dwarf_Addr bias;

	dbg->dwfl = dwfl_begin(&callbacks);
	if (dbg->dwfl) {
		int fd = dup(img->fd);

		mod = dwfl_report_elf(dbg->dwfl, img->path, img->path, fd, 0, false);
		dwfl_report_end(dbg->dwfl, NULL, NULL);
		if (!mod)
			close(fd);
	}
	if (mod && dwfl_module_getdwarf(mod, &bias))
		dbg->elf = dwfl_module_getelf(mod, &bias);
	if (!dbg->elf) {
		complain(img->path, ".debug_info", "cannot be relocated: %s", dwfl_errmsg(-1));
		return -1;
	}
	dbg->addresses = image_own(img, must_alloc(img->nr_headers, sizeof(*dbg->addresses)));
	for (size_t i = 1; i < img->nr_headers; i++) {
		GElf_Shdr shdr;

		if (gelf_getshdr(elf_getscn(dbg->elf, i), &shdr))
			dbg->addresses[i] = shdr.sh_addr;
	}
	return 0;
}

/*
 * Units are named as on the compiler's command line: with O= the names begin with the path
 * of the tree. init/main.c, among the first units of every vmlinux, shows which.
 */
static char *find_root(const struct debug *dbg)
{
	static const char main_c[] = "init/main.c";
	uint64_t last = UINT64_MAX;

	for (size_t i = 0; i < dbg->nr_pieces; i++) {
		size_t len, end = sizeof(main_c) - 1;
		const char *name;

		if (dbg->pieces[i].unit == last)
			continue;
		last = dbg->pieces[i].unit;
		name = dwarf_unit_read(&dbg->dwarf, last).name;
		len = name ? strlen(name) : 0;
		if (len >= end && !strcmp(name + len - end, main_c) &&
		    (len == end || name[len - end - 1] == '/'))
			return must_strndup(name, len - end);
	}
	return must_strdup("");
}

/* Length of the directories that two paths have in common. */
static size_t common_directory(const char *a, const char *b)
{
	size_t end = 0;

	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		if (a[i] == '/')
			end = i + 1;
	return end;
}

/*
 * The path relative to the tree. A unit of the assembler has an absolute name where those
 * of the compiler are relative to the tree: above the directory that it was run in. In a
 * module nothing tells where the tree is.
 */
static const char *relative_path(const struct image *img, const struct dwarf_unit *unit)
{
	const char *root = img->debug->root;
	size_t len;

	if (!unit->name)
		return NULL;
	if (*root && starts_with(unit->name, root))
		return unit->name + strlen(root);
	if (*unit->name != '/' || !unit->directory)
		return unit->name;
	len = strlen(unit->directory);
	if (starts_with(unit->name, unit->directory) && unit->name[len] == '/')
		return unit->name + len + 1;
	return img->kind == IMAGE_VMLINUX && !*root ?
	       unit->name + common_directory(unit->name, unit->directory) : unit->name;
}

static struct dwarf_piece *find_piece(const struct debug *dbg, uint64_t address)
{
	size_t low = 0, high = dbg->nr_pieces;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (dbg->pieces[mid].start <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || address >= dbg->pieces[low - 1].end)
		return NULL;
	return &dbg->pieces[low - 1];
}

static uint64_t laid_out(const struct debug *dbg, size_t section, uint64_t address)
{
	return dbg->addresses ? dbg->addresses[section] + address : address;
}

static uint32_t read_unit(struct image *img, uint64_t offset)
{
	struct debug *dbg = img->debug;
	struct unit_source *unit = must_alloc(1, sizeof(*unit)), **found;
	struct dwarf_unit dwarf;
	const char *path;

	unit->offset = offset;
	found = tsearch(unit, &dbg->units, compare_units);
	if (!found)
		abort();
	if (*found != unit) {
		free(unit);
		return (*found)->source;
	}
	dwarf = dwarf_unit_read(&dbg->dwarf, offset);
	path = relative_path(img, &dwarf);
	/* Of a relocatable file the names go with libdwfl. */
	if (path && dbg->dwfl)
		path = image_own(img, must_strdup(path));
	unit->source = path ? source_add(img, path, true) : 0;
	return unit->source;
}

/* Reads the name of the unit at an address: names are read of few units only. */
static uint32_t gather_at(struct image *img, size_t section, uint64_t address)
{
	struct debug *dbg = img->debug;
	struct dwarf_piece *piece = find_piece(dbg, laid_out(dbg, section, address));

	if (piece && !piece->source)
		piece->source = read_unit(img, piece->unit);
	return piece ? piece->source : 0;
}

/* All that follows one STT_FILE symbol is of the compile unit of one of its functions. */
static void gather_unit(struct image *img, uint32_t index)
{
	struct unit *unit = &img->units[index];
	uint32_t source = 0;

	if (unit->from == SOURCE_FROM_SYMBOL && unit->section)
		source = gather_at(img, unit->section, unit->address);
	if (!source)
		return;
	unit->source = source;
	unit->from = SOURCE_FROM_DEBUG_UNIT;
}

static void gather_all(struct image *img)
{
	for (size_t i = 0; i < img->nr_items; i++) {
		const struct item *item = &img->items[i];
		const struct section *sec = &img->sections[item->section];

		if (!(sec->flags & SHF_EXECINSTR) ||
		    !gather_at(img, sec->index, item->address))
			gather_unit(img, item->unit);
	}
	for (size_t i = 0; i < img->nr_initcalls; i++)
		gather_unit(img, img->initcalls[i].unit);
}

int debug_gather(struct image *img)
{
	struct debug *dbg;
	int ret = 0;

	if (!img->has_debug)
		return 0;
	dbg = image_own(img, must_alloc(1, sizeof(*dbg)));
	img->debug = dbg;
	if (img->ehdr.e_type == ET_REL)
		ret = lay_out(dbg, img);
	else
		dbg->elf = img->elf;
	if (!ret) {
		dwarf_sections_read(&dbg->dwarf, dbg->elf);
		dbg->pieces = dwarf_aranges(&dbg->dwarf, &dbg->nr_pieces);
		if (!dbg->nr_pieces)
			pieces_by_units(dbg, dbg->elf);
		image_own(img, dbg->pieces);
		qsort(dbg->pieces, dbg->nr_pieces, sizeof(*dbg->pieces), compare_pieces);
		dbg->root = img->kind == IMAGE_VMLINUX ? find_root(dbg) : must_strdup("");
		gather_all(img);
	}
	tdestroy(dbg->units, free);
	free(dbg->root);
	dwfl_end(dbg->dwfl);
	return ret;
}

/* The source file of an address, 0 if nothing says. */
uint32_t debug_source(const struct image *img, size_t section, uint64_t address)
{
	const struct dwarf_piece *piece = img->debug ?
		find_piece(img->debug, laid_out(img->debug, section, address)) : NULL;

	return piece ? piece->source : 0;
}
