// SPDX-License-Identifier: GPL-2.0-only
/* One file: open it, see what it is, find its sections. */

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspector.h"

/*
 * Of small files the few pieces that are needed are read; mapping one costs more.
 * A vmlinux with debug information is mapped.
 */
#define MAP_FROM (32UL << 20)

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
	img->file_size = st.st_size;
	return 0;
}

/* libelf takes a section header table that is cut off for an absent one. */
static int check_section_headers(struct image *img)
{
	uint64_t start = img->ehdr.e_shoff;
	size_t size = gelf_fsize(img->elf, ELF_T_SHDR, 1, EV_CURRENT);

	if (!start) {
		complain(img->path, NULL, "the ELF file has no section headers");
		return -1;
	}
	if (img->ehdr.e_shentsize != size) {
		complain(img->path, NULL,
			 "section headers of %u bytes each, not %zu",
			 img->ehdr.e_shentsize, size);
		return -1;
	}
	if (elf_getshdrnum(img->elf, &img->nr_elf_sections)) {
		complain(img->path, NULL, "section headers: %s", elf_errmsg(-1));
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

static int begin_elf(struct image *img)
{
	img->elf = elf_begin(img->fd, img->file_size < MAP_FROM ?
			     ELF_C_READ : ELF_C_READ_MMAP, NULL);
	if (img->elf)
		return 0;
	complain(img->path, NULL, "cannot be read: %s", elf_errmsg(-1));
	return -1;
}

/* From here on the image's file is what was packed in it. */
static int begin_packed(struct image *img)
{
	size_t size;
	int fd = unpack(img->path, img->fd, &size);

	if (fd < 0)
		return -1;
	elf_end(img->elf);
	img->elf = NULL;
	close(img->fd);
	img->fd = fd;
	img->file_size = size;
	return begin_elf(img);
}

/* Packed files are rarer than modules: they are looked for where it is no ELF file. */
static int open_elf(struct image *img)
{
	if (begin_elf(img))
		return -1;
	if (elf_kind(img->elf) != ELF_K_ELF && is_packed(img->fd) && begin_packed(img))
		return -1;
	if (elf_kind(img->elf) != ELF_K_ELF) {
		complain(img->path, NULL, "not an ELF file");
		return -1;
	}
	if (!gelf_getehdr(img->elf, &img->ehdr)) {
		complain(img->path, NULL, "ELF header: %s", elf_errmsg(-1));
		return -1;
	}
	return check_section_headers(img);
}

/*
 * Modules: module_init_section() and module_exit_section() in
 * kernel/module/main.c and arch/arm/kernel/module.c.
 *
 * vmlinux: every arch/.../vmlinux.lds.S puts INIT_TEXT and EXIT_TEXT into output
 * sections of these names, but for microblaze, which has EXIT_TEXT in .text. The
 * dot after the word keeps the C library's .init and .init_array out in user mode
 * Linux. Objects have initcalls and __exitcall pointers in sections that end so.
 */
static enum phase section_phase(const struct image *img, const char *name)
{
	bool linked = img->kind == IMAGE_VMLINUX;

	if (starts_with(name, linked ? ".init." : ".init") ||
	    starts_with(name, ".ARM.extab.init") ||
	    starts_with(name, ".ARM.exidx.init") ||
	    starts_with(name, ".initcall"))
		return PHASE_INIT;
	if (starts_with(name, linked ? ".exit." : ".exit") ||
	    starts_with(name, ".ARM.extab.exit") ||
	    starts_with(name, ".ARM.exidx.exit"))
		return PHASE_EXIT;
	return PHASE_NONE;
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

/* Without a pattern the init and exit sections are wanted. */
static int add_section(struct image *img, size_t index, const char *name,
		       const GElf_Shdr *shdr, const char *pattern)
{
	struct section *sec = &img->sections[img->nr_sections];

	if (check_extent(img, name, shdr))
		return -1;
	if (shdr->sh_size > UINT64_MAX - shdr->sh_addr) {
		complain(img->path, name,
			 "%" PRIu64 " bytes at address 0x%" PRIx64
			 " reach beyond the end of memory",
			 (uint64_t)shdr->sh_size, (uint64_t)shdr->sh_addr);
		return -1;
	}
	*sec = (struct section){
		.name = name,
		.index = index,
		.flags = shdr->sh_flags,
		.align = shdr->sh_addralign ? shdr->sh_addralign : 1,
		.address = shdr->sh_addr,
		.size = shdr->sh_size,
		.phase = section_phase(img, name),
	};
	sec->wanted = pattern ? !fnmatch(pattern, name, 0) : sec->phase != PHASE_NONE;
	img->section_of[index] = ++img->nr_sections;
	return 0;
}

static int note_section(struct image *img, Elf_Scn *scn, const char *name,
			const GElf_Shdr *shdr, const char *pattern)
{
	if (equal(name, ".debug_info"))
		img->has_debug = true;
	else if (shdr->sh_type == SHT_SYMTAB)
		img->symtab = scn;
	else if (shdr->sh_type == SHT_SYMTAB_SHNDX)
		img->shndx = scn;
	else if (shdr->sh_flags & SHF_ALLOC)
		return add_section(img, elf_ndxscn(scn), name, shdr, pattern);
	return 0;
}

/* What the kernel takes a module by: elf_validity_cache_index_mod() in kernel/module/main.c */
#define THIS_MODULE_SECTION ".gnu.linkonce.this_module"

/* Ends with a NUL byte, so that all in it are strings. */
static int read_section_names(struct image *img)
{
	size_t index;

	if (elf_getshdrstrndx(img->elf, &index)) {
		complain(img->path, NULL, "section names: %s", elf_errmsg(-1));
		return -1;
	}
	img->section_names = image_strings(img, elf_getscn(img->elf, index));
	return img->section_names ? 0 : -1;
}

/* elf_strptr() takes a lock and looks at the section each time. */
static const char *section_name(const struct image *img, const GElf_Shdr *shdr)
{
	if (!img->section_names || shdr->sh_name >= img->section_names->d_size)
		return NULL;
	return (const char *)img->section_names->d_buf + shdr->sh_name;
}

static int find_sections(struct image *img, const char *pattern)
{
	Elf_Scn *scn = NULL, *modinfo = NULL;

	if (read_section_names(img))
		return -1;
	img->sections = must_alloc(img->nr_elf_sections, sizeof(*img->sections));
	img->section_of = must_alloc(img->nr_elf_sections,
				     sizeof(*img->section_of));
	while ((scn = elf_nextscn(img->elf, scn))) {
		const char *name = NULL;
		GElf_Shdr shdr;

		if (gelf_getshdr(scn, &shdr))
			name = section_name(img, &shdr);
		if (!name) {
			complain(img->path, NULL, "section header %zu: its name is not there",
				 elf_ndxscn(scn));
			return -1;
		}
		if (note_section(img, scn, name, &shdr, pattern))
			return -1;
		if (equal(name, ".modinfo"))
			modinfo = scn;
		else if (equal(name, THIS_MODULE_SECTION))
			img->this_module = scn;
	}
	if (img->kind != IMAGE_OBJECT || !img->this_module)
		return 0;
	img->kind = IMAGE_MODULE;
	return modinfo_read(img, modinfo);
}

/**
 * image_open() - open a vmlinux, module or object, packed or not
 * @img: filled in; to be given to image_close() in any case
 * @path: the file
 * @sections: pattern of the sections wanted, or NULL for init and exit sections
 *
 * Whether an executable is a vmlinux shows in its symbols, symbols_read()
 * checks that.
 *
 * Return: 0, or -1 after a message.
 */
int image_open(struct image *img, const char *path, const char *sections)
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
		img->kind = IMAGE_OBJECT;
		break;
	default:
		complain(img->path, NULL, "neither a vmlinux nor a module nor an object");
		return -1;
	}
	return find_sections(img, sections);
}

void image_close(struct image *img)
{
	if (img->discarded) {
		image_close(img->discarded);
		free(img->discarded);
	}
	debug_close(img);
	objects_close(img);
	for (size_t i = 0; i < img->nr_strings; i++)
		free(img->strings[i]);
	free(img->strings);
	free(img->ranges);
	free(img->initcalls);
	free(img->sources);
	free(img->units);
	free(img->items);
	free(img->symbols);
	free(img->section_of);
	free(img->sections);
	elf_end(img->elf);
	if (img->fd >= 0)
		close(img->fd);
}

/**
 * image_section_name() - name of a section
 * @img: the image
 * @index: its ELF section's index
 *
 * Return: the name, or NULL.
 */
const char *image_section_name(struct image *img, size_t index)
{
	GElf_Shdr shdr;

	if (!gelf_getshdr(elf_getscn(img->elf, index), &shdr))
		return NULL;
	return section_name(img, &shdr);
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
	Elf_Data *data;
	GElf_Shdr shdr;

	if (!gelf_getshdr(scn, &shdr)) {
		complain(img->path, NULL, "%s", elf_errmsg(-1));
		return NULL;
	}
	if (check_extent(img, section_name(img, &shdr), &shdr))
		return NULL;
	data = elf_getdata(scn, NULL);
	if (!data) {
		complain(img->path, section_name(img, &shdr), "%s", elf_errmsg(-1));
		return NULL;
	}
	if (data->d_size && !data->d_buf) {
		complain(img->path, section_name(img, &shdr),
			 "has no contents in this file");
		return NULL;
	}
	return data;
}

/**
 * image_strings() - contents of a string table
 * @img: the image
 * @scn: its section, or NULL
 *
 * Return: the data, which ends with a NUL byte, or NULL after a message.
 */
Elf_Data *image_strings(struct image *img, Elf_Scn *scn)
{
	Elf_Data *data;

	if (!scn) {
		complain(img->path, NULL, "a string table is not there");
		return NULL;
	}
	data = image_data(img, scn);
	if (!data)
		return NULL;
	if (!data->d_size || ((char *)data->d_buf)[data->d_size - 1]) {
		complain(img->path, image_section_name(img, elf_ndxscn(scn)),
			 "does not end with a NUL byte");
		return NULL;
	}
	return data;
}

/**
 * image_own() - have a string freed with the image
 * @img: the image
 * @string: allocated
 *
 * Return: @string
 */
char *image_own(struct image *img, char *string)
{
	img->strings = must_grow(img->strings, img->nr_strings, sizeof(*img->strings));
	img->strings[img->nr_strings++] = string;
	return string;
}

/**
 * image_add_source() - add a source file
 * @img: the image
 * @path: has to live as long as the image
 * @full: it is a full path, not a base name
 *
 * Return: its index
 */
uint32_t image_add_source(struct image *img, const char *path, bool full)
{
	img->sources = must_grow(img->sources, img->nr_sources, sizeof(*img->sources));
	img->sources[img->nr_sources] = (struct source){ .path = path, .full = full };
	return img->nr_sources++;
}
