// SPDX-License-Identifier: GPL-2.0-only
/* Opens a file, finds out what it is, and walks its section headers. */

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../inspector.h"
#include "unpack.h"
#include "wrong.h"

/*
 * Mapping a small file costs more than reading the few pieces that are needed. A vmlinux
 * with debug information is mapped.
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

/* libelf treats a truncated section header table as absent. */
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
			 "a section header has %u bytes instead of %zu",
			 img->ehdr.e_shentsize, size);
		return -1;
	}
	if (elf_getshdrnum(img->elf, &img->nr_headers)) {
		complain(img->path, NULL, "section headers: %s", elf_errmsg(-1));
		return -1;
	}
	if (!img->nr_headers || start > img->file_size ||
	    img->nr_headers > (img->file_size - start) / size) {
		complain(img->path, NULL,
			 "truncated: the section headers start at byte %" PRIu64
			 ", the file has %" PRIu64 " bytes",
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
	complain(img->path, NULL, "cannot read the file: %s", elf_errmsg(-1));
	return -1;
}

/* From here on the image's file is what was packed in it. */
static int begin_packed(struct image *img)
{
	size_t size;
	int fd = ahead_take(img->path, &size);
	const char *wrong = fd < 0 ? unpack(img->fd, UNPACKED_MAX, &fd, &size) : NULL;

	if (wrong) {
		complain(img->path, NULL, "cannot be unpacked: %s", wrong);
		return -1;
	}
	elf_end(img->elf);
	img->elf = NULL;
	close(img->fd);
	img->fd = fd;
	img->file_size = size;
	return begin_elf(img);
}

/* Most files are not packed: look for that only where ELF is not found. */
static int open_elf(struct image *img)
{
	if (begin_elf(img))
		return -1;
	if (elf_kind(img->elf) != ELF_K_ELF && is_packed(img->fd) && begin_packed(img))
		return -1;
	if (elf_kind(img->elf) != ELF_K_ELF) {
		wrong_file(img);
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

static int add_section(struct image *img, size_t index, const struct filter *filter)
{
	const struct header *header = &img->headers[index];
	const GElf_Shdr *shdr = &header->shdr;
	struct section *sec = &img->sections[img->nr_sections];

	if (check_extent(img, header->name, shdr))
		return -1;
	if (shdr->sh_size > UINT64_MAX - shdr->sh_addr) {
		complain(img->path, header->name,
			 "%" PRIu64 " bytes at address 0x%" PRIx64
			 " reach beyond the end of memory",
			 (uint64_t)shdr->sh_size, (uint64_t)shdr->sh_addr);
		return -1;
	}
	*sec = (struct section){
		.name = header->name,
		.index = index,
		.flags = shdr->sh_flags,
		.align = shdr->sh_addralign ? shdr->sh_addralign : 1,
		/* st_value counts from the section in a relocatable file, whatever sh_addr is. */
		.address = img->ehdr.e_type == ET_REL ? 0 : shdr->sh_addr,
		.size = shdr->sh_size,
		.phase = section_phase(img, header->name),
	};
	sec->wanted = filter && !filter->nr_sections && sec->phase != PHASE_NONE;
	for (size_t i = 0; filter && i < filter->nr_sections; i++)
		sec->wanted |= !fnmatch(filter->sections[i], header->name, 0);
	img->section_of[index] = ++img->nr_sections;
	return 0;
}

/* What identifies a module: elf_validity_cache_index_mod() in kernel/module/main.c */
#define THIS_MODULE_SECTION ".gnu.linkonce.this_module"

static int note_section(struct image *img, size_t index, const struct filter *filter)
{
	const struct header *header = &img->headers[index];

	if (equal(header->name, ".modinfo"))
		img->modinfo = index;
	else if (equal(header->name, THIS_MODULE_SECTION))
		img->this_module = index;
	if (equal(header->name, ".debug_info"))
		img->has_debug = true;
	else if (header->shdr.sh_type == SHT_SYMTAB)
		img->symtab = index;
	else if (header->shdr.sh_type == SHT_SYMTAB_SHNDX)
		img->shndx = index;
	else if (header->shdr.sh_flags & SHF_ALLOC)
		return add_section(img, index, filter);
	return 0;
}

static Elf_Data *section_data(struct image *img, Elf_Scn *scn, const char *name)
{
	Elf_Data *data;
	GElf_Shdr shdr;

	if (!gelf_getshdr(scn, &shdr)) {
		complain(img->path, NULL, "%s", elf_errmsg(-1));
		return NULL;
	}
	if (check_extent(img, name, &shdr))
		return NULL;
	data = elf_getdata(scn, NULL);
	if (!data) {
		complain(img->path, name, "%s", elf_errmsg(-1));
		return NULL;
	}
	if (data->d_size && !data->d_buf) {
		complain(img->path, name, "the file has the header of this section, but not its contents");
		return NULL;
	}
	return data;
}

static Elf_Data *string_data(struct image *img, Elf_Scn *scn, const char *name)
{
	Elf_Data *data;

	if (!scn) {
		complain(img->path, NULL, "the table of section names is missing");
		return NULL;
	}
	data = section_data(img, scn, name);
	if (data && (!data->d_size || ((char *)data->d_buf)[data->d_size - 1])) {
		complain(img->path, name, "does not end with a NUL byte");
		return NULL;
	}
	return data;
}

static Elf_Data *section_names(struct image *img)
{
	size_t index;

	if (elf_getshdrstrndx(img->elf, &index)) {
		complain(img->path, NULL, "section names: %s", elf_errmsg(-1));
		return NULL;
	}
	return string_data(img, elf_getscn(img->elf, index), NULL);
}

/* The names are taken from their table: elf_strptr() takes a lock for each of them. */
static int walk_headers(struct image *img, const struct filter *filter)
{
	const Elf_Data *names = section_names(img);
	Elf_Scn *scn = NULL;

	if (!names)
		return -1;
	img->headers = must_alloc(img->nr_headers, sizeof(*img->headers));
	img->sections = must_alloc(img->nr_headers, sizeof(*img->sections));
	img->section_of = must_alloc(img->nr_headers, sizeof(*img->section_of));
	while ((scn = elf_nextscn(img->elf, scn))) {
		size_t index = elf_ndxscn(scn);
		struct header *header = &img->headers[index];

		header->scn = scn;
		if (!gelf_getshdr(scn, &header->shdr) ||
		    header->shdr.sh_name >= names->d_size) {
			complain(img->path, NULL, "section header %zu: its name lies outside the string table",
				 index);
			return -1;
		}
		header->name = (const char *)names->d_buf + header->shdr.sh_name;
		if (note_section(img, index, filter))
			return -1;
	}
	if (img->kind == IMAGE_OBJECT && img->this_module)
		img->kind = IMAGE_MODULE;
	return 0;
}

/* Has memory freed with the image, and returns it. */
void *image_own(struct image *img, void *mem)
{
	img->owned = must_grow(img->owned, img->nr_owned, sizeof(*img->owned));
	img->owned[img->nr_owned++] = mem;
	return mem;
}

/**
 * image_open() - open a vmlinux, module or object, packed or not
 * @img: filled in; image_close() has to free it in any case
 * @path: the file
 * @filter: tells which sections are wanted; NULL: none
 *
 * Whether an executable is a vmlinux shows in its symbols: symbols_read() checks that.
 */
int image_open(struct image *img, const char *path, const struct filter *filter)
{
	*img = (struct image){ .fd = -1 };
	img->path = image_own(img, must_strdup(path));
	img->no_items = filter && filter->no_items;
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
		complain(img->path, NULL, "not a vmlinux, a module or an object");
		return -1;
	}
	return walk_headers(img, filter);
}

/* Frees what all stages have allocated. */
void image_close(struct image *img)
{
	if (img->discarded)
		image_close(img->discarded);
	free(img->discarded);
	for (size_t i = 0; i < img->nr_owned; i++)
		free(img->owned[i]);
	free(img->owned);
	free(img->ranges);
	free(img->items);
	free(img->initcalls);
	free(img->sources);
	free(img->units);
	free(img->symbols);
	free(img->section_of);
	free(img->sections);
	free(img->headers);
	elf_end(img->elf);
	if (img->fd >= 0)
		close(img->fd);
}

/* The contents of a section in the byte order of this machine, or NULL after a message. */
Elf_Data *image_data(struct image *img, size_t header)
{
	return section_data(img, img->headers[header].scn, img->headers[header].name);
}

/* The same for a string table: it ends with a NUL byte. */
Elf_Data *image_strings(struct image *img, size_t header)
{
	return string_data(img, img->headers[header].scn, img->headers[header].name);
}

/* The bytes of a section as they stand in the file, or NULL. */
Elf_Data *image_raw(const struct image *img, size_t header)
{
	Elf_Data *data = elf_rawdata(img->headers[header].scn, NULL);

	return data && data->d_buf ? data : NULL;
}

/* Returns the contents of the section that holds @address, or NULL. Sets @offset to its place there. */
const Elf_Data *image_at(const struct image *img, uint64_t address, size_t *offset)
{
	for (size_t i = 0; i < img->nr_sections; i++) {
		const struct section *sec = &img->sections[i];

		*offset = address - sec->address;
		if (address >= sec->address && *offset < sec->size)
			return image_raw(img, sec->index);
	}
	return NULL;
}

/* Returns @len bytes at @address, or NULL where one section does not have them all. */
const char *image_bytes(const struct image *img, uint64_t address, size_t len)
{
	size_t offset;
	const Elf_Data *data = image_at(img, address, &offset);

	return data && offset < data->d_size && len <= data->d_size - offset ?
	       (const char *)data->d_buf + offset : NULL;
}
