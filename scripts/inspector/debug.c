// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which source file an address comes from, by debug information: the compile unit
 * that has the address. .debug_aranges says that without a look at anything else;
 * clang leaves it out, then the address ranges of each unit do.
 */

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "inspector.h"

/* The addresses of a compile unit, one piece. */
struct piece {
	Dwarf_Addr start;
	Dwarf_Addr end;
	Dwarf_Off cu;
};

/* A compile unit that was asked for. */
struct cu {
	Dwarf_Off offset;
	uint32_t source;
};

/**
 * struct debug - debug information of an image
 * @dwfl: of a relocatable file: applies the relocations, else NULL
 * @laid_out: the ELF file with addresses for its sections, by @dwfl
 * @dwarf: the information
 * @pieces: by address
 * @cus: struct cu by offset, for tsearch()
 * @root: path of the kernel tree that names of units begin with
 */
struct debug {
	Dwfl *dwfl;
	Elf *laid_out;
	Dwarf *dwarf;
	struct piece *pieces;
	size_t nr_pieces;
	void *cus;
	char *root;
};

static int compare_pieces(const void *pa, const void *pb)
{
	const struct piece *a = pa, *b = pb;

	return COMPARE(a->start, b->start);
}

static int compare_cus(const void *pa, const void *pb)
{
	const struct cu *a = pa, *b = pb;

	return COMPARE(a->offset, b->offset);
}

static void add_piece(struct debug *dbg, struct piece piece)
{
	if (!(dbg->nr_pieces & (dbg->nr_pieces - 1)))
		dbg->pieces = must_realloc(dbg->pieces,
					   (dbg->nr_pieces ? 2 * dbg->nr_pieces : 1) *
					   sizeof(*dbg->pieces));
	dbg->pieces[dbg->nr_pieces++] = piece;
}

static void pieces_by_aranges(struct debug *dbg)
{
	Dwarf_Aranges *aranges;
	size_t nr;

	if (dwarf_getaranges(dbg->dwarf, &aranges, &nr))
		return;
	for (size_t i = 0; i < nr; i++) {
		struct piece piece;
		Dwarf_Word length;

		if (dwarf_getarangeinfo(dwarf_onearange(aranges, i), &piece.start,
					&length, &piece.cu))
			continue;
		piece.end = piece.start + length;
		add_piece(dbg, piece);
	}
}

static void pieces_by_units(struct debug *dbg)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;

	while (!dwarf_get_units(dbg->dwarf, cu, &cu, NULL, NULL, &die, NULL)) {
		struct piece piece = { .cu = dwarf_dieoffset(&die) };
		ptrdiff_t offset = 0;
		Dwarf_Addr base;

		while ((offset = dwarf_ranges(&die, offset, &base, &piece.start,
					      &piece.end)) > 0)
			add_piece(dbg, piece);
	}
}

/* libdwfl relocates .debug_*, which libdw alone would read as it stands. */
static Dwarf *relocated(struct debug *dbg, struct image *img)
{
	static const Dwfl_Callbacks callbacks = {
		.section_address = dwfl_offline_section_address,
		.find_debuginfo = dwfl_build_id_find_debuginfo,
	};
	Dwfl_Module *mod;
	Dwarf_Addr bias;
	Dwarf *dwarf;

	dbg->dwfl = dwfl_begin(&callbacks);
	if (!dbg->dwfl)
		return NULL;
	mod = dwfl_report_elf(dbg->dwfl, img->path, img->path, -1, 0, false);
	dwfl_report_end(dbg->dwfl, NULL, NULL);
	if (!mod)
		return NULL;
	dwarf = dwfl_module_getdwarf(mod, &bias);
	dbg->laid_out = dwfl_module_getelf(mod, &bias);
	return dbg->laid_out ? dwarf : NULL;
}

/*
 * Names of units are as the compiler was called: with O= they begin with the path
 * of the tree, and init/main.c, among the first of every vmlinux, shows which.
 */
static char *find_root(Dwarf *dwarf)
{
	static const char main_c[] = "init/main.c";
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;

	while (!dwarf_get_units(dwarf, cu, &cu, NULL, NULL, &die, NULL)) {
		const char *name = dwarf_diename(&die);
		size_t len = name ? strlen(name) : 0, end = sizeof(main_c) - 1;

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
static const char *relative_path(const struct image *img, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die), *directory;
	const char *root = img->debug->root;
	Dwarf_Attribute attr;
	size_t len;

	if (!name)
		return NULL;
	if (*root && starts_with(name, root))
		return name + strlen(root);
	directory = dwarf_formstring(dwarf_attr(die, DW_AT_comp_dir, &attr));
	if (*name != '/' || !directory)
		return name;
	len = strlen(directory);
	if (starts_with(name, directory) && name[len] == '/')
		return name + len + 1;
	return img->kind == IMAGE_VMLINUX && !*root ?
	       name + common_directory(name, directory) : name;
}

/**
 * debug_open() - make ready for debug_source()
 * @img: with its symbols read; sets @debug where there is debug information
 *
 * Return: 0, or -1 after a message.
 */
int debug_open(struct image *img)
{
	struct debug *dbg;

	if (!img->has_debug)
		return 0;
	dbg = must_alloc(1, sizeof(*dbg));
	img->debug = dbg;
	dbg->dwarf = img->ehdr.e_type == ET_REL && !img->unpacked ?
		     relocated(dbg, img) :
		     dwarf_begin_elf(img->elf, DWARF_C_READ, NULL);
	if (!dbg->dwarf) {
		complain(img->path, ".debug_info", "%s", dwarf_errmsg(-1));
		return -1;
	}
	pieces_by_aranges(dbg);
	if (!dbg->nr_pieces)
		pieces_by_units(dbg);
	qsort(dbg->pieces, dbg->nr_pieces, sizeof(*dbg->pieces), compare_pieces);
	dbg->root = img->kind == IMAGE_VMLINUX ? find_root(dbg->dwarf) :
						 must_strndup("", 0);
	return 0;
}

static const struct piece *find_piece(const struct debug *dbg, Dwarf_Addr address)
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

static uint32_t cu_source(struct image *img, Dwarf_Off offset)
{
	struct debug *dbg = img->debug;
	struct cu key = { .offset = offset }, *cu, **found;
	const char *path = NULL;
	Dwarf_Die die;

	found = tfind(&key, &dbg->cus, compare_cus);
	if (found)
		return (*found)->source;
	if (dwarf_offdie(dbg->dwarf, offset, &die))
		path = relative_path(img, &die);
	cu = must_alloc(1, sizeof(*cu));
	cu->offset = offset;
	cu->source = path ? image_add_source(img, path, true) : 0;
	if (!tsearch(cu, &dbg->cus, compare_cus))
		abort();
	return cu->source;
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
	const struct piece *piece;
	GElf_Shdr shdr;

	if (!dbg)
		return 0;
	if (dbg->laid_out) {
		if (!gelf_getshdr(elf_getscn(dbg->laid_out, section), &shdr))
			return 0;
		address += shdr.sh_addr;
	}
	piece = find_piece(dbg, address);
	return piece ? cu_source(img, piece->cu) : 0;
}

void debug_close(struct image *img)
{
	struct debug *dbg = img->debug;

	if (!dbg)
		return;
	tdestroy(dbg->cus, free);
	free(dbg->pieces);
	free(dbg->root);
	if (dbg->dwfl)
		dwfl_end(dbg->dwfl);	/* and with it the rest */
	else
		dwarf_end(dbg->dwarf);
	free(dbg);
}
