// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which source file an address comes from, by debug information: the compile unit
 * that has the address. .debug_aranges says that without a look at anything else;
 * clang leaves it out, then the address ranges of each unit do.
 */

#include <elfutils/libdwfl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "units.h"
#include "inspector.h"

/* A compile unit that was asked for. */
struct unit_source {
	uint64_t offset;
	uint32_t source;
};

/**
 * struct debug - debug information of an image
 * @dwfl: of a relocatable file: applies the relocations, else NULL
 * @laid_out: the ELF file with addresses for its sections, by @dwfl
 * @dwarf: the sections
 * @pieces: by address
 * @units: struct unit_source by offset, for tsearch()
 * @root: path of the kernel tree that names of units begin with
 */
struct debug {
	Dwfl *dwfl;
	Elf *laid_out;
	struct dwarf_sections dwarf;
	struct dwarf_piece *pieces;
	size_t nr_pieces;
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

static void add_piece(struct debug *dbg, struct dwarf_piece piece)
{
	dbg->pieces = must_grow(dbg->pieces, dbg->nr_pieces, sizeof(*dbg->pieces));
	dbg->pieces[dbg->nr_pieces++] = piece;
}

/* Nothing to be said where that fails: the names of symbols remain. */
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
			add_piece(dbg, piece);
	}
	dwarf_end(dwarf);
}

/* libdwfl gives the sections addresses and relocates .debug_* for them. */
static Elf *lay_out(struct debug *dbg, struct image *img)
{
	static const Dwfl_Callbacks callbacks = {
		.section_address = dwfl_offline_section_address,
		.find_debuginfo = dwfl_build_id_find_debuginfo,
	};
	Dwfl_Module *mod;
	Dwarf_Addr bias;
	int fd;

	dbg->dwfl = dwfl_begin(&callbacks);
	if (!dbg->dwfl)
		return NULL;
	fd = dup(img->fd);
	mod = dwfl_report_elf(dbg->dwfl, img->path, img->path, fd, 0, false);
	dwfl_report_end(dbg->dwfl, NULL, NULL);
	if (!mod)
		close(fd);
	if (!mod || !dwfl_module_getdwarf(mod, &bias))
		return NULL;
	return dwfl_module_getelf(mod, &bias);
}

/*
 * Names of units are as the compiler was called: with O= they begin with the path
 * of the tree. init/main.c, among the first of every vmlinux, shows which.
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
	return must_strndup("", 0);
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
 * The path relative to the tree. A unit of the assembler has an absolute name
 * where those of the compiler are relative to the tree: above the directory that
 * it was run in. In a module nothing tells where the tree is.
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

/**
 * debug_open() - make ready for debug_source()
 * @img: with its symbols read; sets @debug where there is debug information
 *
 * Return: 0, or -1 after a message.
 */
int debug_open(struct image *img)
{
	Elf *elf = img->elf;
	struct debug *dbg;

	if (!img->has_debug)
		return 0;
	dbg = must_alloc(1, sizeof(*dbg));
	img->debug = dbg;
	if (img->ehdr.e_type == ET_REL) {
		elf = lay_out(dbg, img);
		dbg->laid_out = elf;
		if (!elf) {
			complain(img->path, ".debug_info", "cannot be relocated: %s",
				 dwfl_errmsg(-1));
			return -1;
		}
	}
	dwarf_sections_read(&dbg->dwarf, elf);
	dbg->pieces = dwarf_aranges(&dbg->dwarf, &dbg->nr_pieces);
	if (!dbg->nr_pieces)
		pieces_by_units(dbg, elf);
	qsort(dbg->pieces, dbg->nr_pieces, sizeof(*dbg->pieces), compare_pieces);
	dbg->root = img->kind == IMAGE_VMLINUX ? find_root(dbg) : must_strndup("", 0);
	return 0;
}

static const struct dwarf_piece *find_piece(const struct debug *dbg, uint64_t address)
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

static uint32_t unit_source(struct image *img, uint64_t offset)
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
	unit->source = path ? image_add_source(img, path, true) : 0;
	return unit->source;
}

/**
 * debug_source() - the source file of an address
 * @img: opened
 * @section: index of its ELF section
 * @address: as st_value
 *
 * Return: index of the source, 0 if nothing says.
 */
uint32_t debug_source(struct image *img, size_t section, uint64_t address)
{
	struct debug *dbg = img->debug;
	const struct dwarf_piece *piece;
	GElf_Shdr shdr;

	if (!dbg)
		return 0;
	if (dbg->laid_out) {
		if (!gelf_getshdr(elf_getscn(dbg->laid_out, section), &shdr))
			return 0;
		address += shdr.sh_addr;
	}
	piece = find_piece(dbg, address);
	return piece ? unit_source(img, piece->unit) : 0;
}

void debug_close(struct image *img)
{
	struct debug *dbg = img->debug;

	if (!dbg)
		return;
	tdestroy(dbg->units, free);
	free(dbg->pieces);
	free(dbg->root);
	dwfl_end(dbg->dwfl);
	free(dbg);
}
