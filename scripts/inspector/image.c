// SPDX-License-Identifier: GPL-2.0-only
/* One file: open it, see what it is, find its init and exit sections. */

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspector.h"

static bool starts_with(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

static int open_file(struct image *img)
{
	struct stat st;

	img->fd = open(img->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (img->fd < 0 || fstat(img->fd, &st)) {
		complain(img->path, NULL, "%s", strerror(errno));
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		complain(img->path, NULL, "not a regular file");
		return -1;
	}
	if (!st.st_size) {
		complain(img->path, NULL, "the file is empty");
		return -1;
	}
	return 0;
}

/* libelf takes a section header table that is cut off for an absent one. */
static int check_section_headers(struct image *img)
{
	uint64_t start = img->ehdr.e_shoff;
	size_t size = gelf_fsize(img->elf, ELF_T_SHDR, 1, EV_CURRENT);

	if (elf_getshdrnum(img->elf, &img->nr_elf_sections)) {
		complain(img->path, NULL, "section headers: %s", elf_errmsg(-1));
		return -1;
	}
	if (!start) {
		complain(img->path, NULL, "the ELF file has no section headers");
		return -1;
	}
	if (!img->nr_elf_sections || start > img->file_size ||
	    img->nr_elf_sections > (img->file_size - start) / size) {
		complain(img->path, NULL,
			 "truncated: section headers at byte %" PRIu64
			 " of a file of %" PRIu64 " bytes",
			 start, img->file_size);
		return -1;
	}
	return 0;
}

static int open_elf(struct image *img)
{
	size_t size;

	if (is_zstd(img->fd)) {
		img->unpacked = unpack_zstd(img->path, img->fd, &size);
		if (!img->unpacked)
			return -1;
		img->elf = elf_memory(img->unpacked, size);
	} else {
		img->elf = dwelf_elf_begin(img->fd);
	}
	if (!img->elf) {
		complain(img->path, NULL, "cannot be read: %s", elf_errmsg(-1));
		return -1;
	}
	if (elf_kind(img->elf) != ELF_K_ELF) {
		complain(img->path, NULL, "not an ELF file");
		return -1;
	}
	if (!gelf_getehdr(img->elf, &img->ehdr) ||
	    !elf_rawfile(img->elf, &size)) {
		complain(img->path, NULL, "ELF header: %s", elf_errmsg(-1));
		return -1;
	}
	img->file_size = size;
	return check_section_headers(img);
}

/*
 * Modules: module_init_section() and module_exit_section() in
 * kernel/module/main.c and arch/arm/kernel/module.c.
 *
 * vmlinux: every arch/.../vmlinux.lds.S puts INIT_TEXT and EXIT_TEXT into output
 * sections of these names, but for microblaze, which has EXIT_TEXT in .text. The
 * dot after the word keeps the C library's .init and .init_array out in user mode
 * Linux.
 */
static bool section_phase(const struct image *img, const char *name,
			  enum phase *phase)
{
	bool module = img->kind == IMAGE_MODULE;

	if (starts_with(name, module ? ".init" : ".init.") ||
	    starts_with(name, ".ARM.extab.init") ||
	    starts_with(name, ".ARM.exidx.init")) {
		*phase = PHASE_INIT;
		return true;
	}
	if (starts_with(name, module ? ".exit" : ".exit.") ||
	    starts_with(name, ".ARM.extab.exit") ||
	    starts_with(name, ".ARM.exidx.exit")) {
		*phase = PHASE_EXIT;
		return true;
	}
	return false;
}

static int check_extent(const struct image *img, const char *name,
			const GElf_Shdr *shdr)
{
	if (shdr->sh_type == SHT_NOBITS)
		return 0;
	if (shdr->sh_offset > img->file_size ||
	    shdr->sh_size > img->file_size - shdr->sh_offset) {
		complain(img->path, name,
			 "%" PRIu64 " bytes at byte %" PRIu64
			 " reach beyond the end of the file (%" PRIu64 " bytes)",
			 (uint64_t)shdr->sh_size, (uint64_t)shdr->sh_offset,
			 img->file_size);
		return -1;
	}
	return 0;
}

static int add_section(struct image *img, Elf_Scn *scn, const char *name,
		       const GElf_Shdr *shdr)
{
	struct section *sec = &img->sections[img->nr_sections];

	if (!(shdr->sh_flags & SHF_ALLOC) ||
	    !section_phase(img, name, &sec->phase))
		return 0;
	if (check_extent(img, name, shdr))
		return -1;
	sec->name = name;
	sec->address = shdr->sh_addr;
	sec->size = shdr->sh_size;
	img->section_of[elf_ndxscn(scn)] = ++img->nr_sections;
	return 0;
}

/*
 * What makes a module one for the kernel: elf_validity_cache_copy() in
 * kernel/module/main.c.
 */
#define THIS_MODULE_SECTION ".gnu.linkonce.this_module"

static int find_sections(struct image *img)
{
	Elf_Scn *scn = NULL, *modinfo = NULL;
	bool this_module = false;
	size_t strings;

	if (elf_getshdrstrndx(img->elf, &strings)) {
		complain(img->path, NULL, "section names: %s", elf_errmsg(-1));
		return -1;
	}
	img->sections = must_alloc(img->nr_elf_sections, sizeof(*img->sections));
	img->section_of = must_alloc(img->nr_elf_sections,
				     sizeof(*img->section_of));
	while ((scn = elf_nextscn(img->elf, scn))) {
		GElf_Shdr shdr;
		const char *name;

		if (!gelf_getshdr(scn, &shdr)) {
			complain(img->path, NULL, "section header %zu: %s",
				 elf_ndxscn(scn), elf_errmsg(-1));
			return -1;
		}
		name = elf_strptr(img->elf, strings, shdr.sh_name);
		if (!name) {
			complain(img->path, NULL, "name of section %zu: %s",
				 elf_ndxscn(scn), elf_errmsg(-1));
			return -1;
		}
		if (!strcmp(name, THIS_MODULE_SECTION))
			this_module = true;
		else if (!strcmp(name, ".modinfo"))
			modinfo = scn;
		else if (shdr.sh_type == SHT_SYMTAB)
			img->symtab = scn;
		else if (add_section(img, scn, name, &shdr))
			return -1;
	}
	if (img->kind == IMAGE_VMLINUX)
		return 0;
	if (!this_module) {
		complain(img->path, NULL,
			 "neither a vmlinux nor a module: no section "
			 THIS_MODULE_SECTION);
		return -1;
	}
	return modinfo_read(img, modinfo);
}

/**
 * image_open() - open a vmlinux or module, compressed or not
 * @img: filled in; to be given to image_close() in any case
 * @path: the file
 *
 * Whether an executable is a vmlinux shows in its symbols, symbols_read()
 * checks that.
 *
 * Return: 0, or -1 after a message.
 */
int image_open(struct image *img, const char *path)
{
	*img = (struct image){ .path = path, .fd = -1 };
	if (open_file(img) || open_elf(img))
		return -1;
	switch (img->ehdr.e_type) {
	case ET_EXEC:
	case ET_DYN:	/* a relocatable kernel: arm64, riscv, s390 */
		img->kind = IMAGE_VMLINUX;
		break;
	case ET_REL:
		img->kind = IMAGE_MODULE;
		break;
	default:
		complain(img->path, NULL, "neither a vmlinux nor a module");
		return -1;
	}
	return find_sections(img);
}

void image_close(struct image *img)
{
	for (size_t i = 0; i < img->nr_initcalls; i++)
		free(img->initcalls[i].module);
	free(img->initcalls);
	free(img->units);
	free(img->functions);
	free(img->symbols);
	free(img->section_of);
	free(img->sections);
	elf_end(img->elf);
	free(img->unpacked);
	if (img->fd >= 0)
		close(img->fd);
}

/**
 * image_data() - contents of a section
 * @img: the image
 * @scn: its section
 *
 * Return: the data, in the byte order of this machine, or NULL after a message.
 */
Elf_Data *image_data(struct image *img, Elf_Scn *scn)
{
	const char *name = NULL;
	Elf_Data *data;
	GElf_Shdr shdr;
	size_t strings;

	/* find_sections() has read both for every section. */
	gelf_getshdr(scn, &shdr);
	if (!elf_getshdrstrndx(img->elf, &strings))
		name = elf_strptr(img->elf, strings, shdr.sh_name);
	if (check_extent(img, name, &shdr))
		return NULL;
	data = elf_getdata(scn, NULL);
	if (!data) {
		complain(img->path, name, "%s", elf_errmsg(-1));
		return NULL;
	}
	if (data->d_size && !data->d_buf) {
		complain(img->path, name, "has no contents in this file");
		return NULL;
	}
	return data;
}

/**
 * image_keep_driver() - drop the functions that are not a driver's
 * @img: the image
 * @driver: name of the module
 *
 * Return: 0, or -1 after a message if no function is left.
 */
int image_keep_driver(struct image *img, const char *driver)
{
	size_t kept = 0;

	for (size_t i = 0; i < img->nr_functions; i++) {
		struct function *fn = &img->functions[i];

		if (fn->module && module_name_equal(fn->module, driver))
			img->functions[kept++] = *fn;
	}
	img->nr_functions = kept;
	if (!kept) {
		complain(img->path, NULL,
			 "no init or exit function is known to be of module \"%s\"",
			 driver);
		return -1;
	}
	return 0;
}
