// SPDX-License-Identifier: GPL-2.0-only
/* What a kernel compares a module with: struct module, vermagic, checksums of symbols. */

#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "../bytes.h"
#include "../elf/symtab.h"

/* An absolute symbol is the checksum, others are where it lies (linux/export-internal.h). */
static void add_crc(struct kernel *kernel, const char *name, const struct elf_symbol *sym)
{
	uint32_t value = sym->value;

	if (sym->shndx != SHN_ABS) {
		const char *at = image_bytes(&kernel->img, sym->value, sizeof(value));

		if (!at)
			return;
		value = image_u32(&kernel->img, at);
	}
	kernel->crcs[kernel->nr_crcs++] = (struct crc){ name, value };
}

static int compare_crcs(const void *pa, const void *pb)
{
	const struct crc *a = pa, *b = pb;

	return strcmp(a->name, b->name);
}

static void note_symbol(struct kernel *kernel, const struct elf_symbol *sym)
{
	if (starts_with(sym->name, "__crc_")) {
		add_crc(kernel, sym->name + strlen("__crc_"), sym);
	} else if (equal(sym->name, "vermagic") && sym->size) {
		/* static const char vermagic[] in kernel/module/main.c */
		const char *text = image_bytes(&kernel->img, sym->value, sym->size);

		if (text && !text[sym->size - 1])
			kernel->vermagic = text;
	}
}

static int read_symbols(struct kernel *kernel)
{
	struct image *img = &kernel->img;
	struct symtab tab;

	if (!img->symtab)
		return 0;
	if (symtab_open(&tab, img))
		return -1;
	kernel->crcs = must_alloc(tab.nr, sizeof(*kernel->crcs));
	for (size_t i = 1; i < tab.nr; i++) {
		struct elf_symbol sym;

		if (symtab_get(&tab, i, &sym))
			return -1;
		note_symbol(kernel, &sym);
	}
	qsort(kernel->crcs, kernel->nr_crcs, sizeof(*kernel->crcs), compare_crcs);
	return 0;
}

/*
 * The messages of a kernel show what it checks: distributions backport such checks.
 * elf_validity_cache_index_mod() in kernel/module/main.c is there since 6.4,
 * elf_validity_cache_index_versions() since 6.14.
 */
const char extended_message[] = "extended version crc+name presence does not match";
static const char size_message[] = "section size must match the kernel's built struct module";

static bool has_message(const struct image *img, const char *message)
{
	for (size_t i = 0; i < img->nr_sections; i++) {
		Elf_Data *data = NULL;

		if (starts_with(img->sections[i].name, ".rodata"))
			data = image_raw(img, img->sections[i].index);
		if (data && memmem(data->d_buf, data->d_size, message, strlen(message)))
			return true;
	}
	return false;
}

/* BTF begins with its magic number, 0xeb9f in the byte order of the machine. */
static bool is_btf(const char *path)
{
	unsigned char magic[2] = { 0 };
	FILE *file = fopen(path, "re");

	if (!file)
		return false;
	if (fread(magic, 1, sizeof(magic), file) != sizeof(magic))
		magic[0] = 0;
	fclose(file);
	return (magic[0] == 0x9f && magic[1] == 0xeb) ||
	       (magic[0] == 0xeb && magic[1] == 0x9f);
}

/*
 * @path: a vmlinux with BTF or debug information, or BTF alone. Fills in @kernel, which
 * kernel_close() has to free in any case.
 */
int kernel_open(struct kernel *kernel, const char *path)
{
	*kernel = (struct kernel){ .path = path, .img.fd = -1 };
	if (!is_btf(path)) {
		if (image_open(&kernel->img, path, NULL) || read_symbols(kernel))
			return -1;
		kernel->checks_size = has_message(&kernel->img, size_message);
		kernel->extended = has_message(&kernel->img, extended_message);
	}
	return layout_read(&kernel->layout, path);
}

void kernel_close(struct kernel *kernel)
{
	free(kernel->crcs);
	image_close(&kernel->img);
}

/* The checksum that the kernel has for a symbol, or NULL. */
const struct crc *kernel_crc(const struct kernel *kernel, const char *name)
{
	const struct crc key = { .name = name };

	return kernel->nr_crcs ? bsearch(&key, kernel->crcs, kernel->nr_crcs, sizeof(key),
					 compare_crcs) : NULL;
}

/* 32 bits in the byte order of the file */
uint32_t image_u32(const struct image *img, const void *at)
{
	struct bytes bytes = {
		.at = at, .left = 4,
		.big_endian = img->ehdr.e_ident[EI_DATA] == ELFDATA2MSB,
	};

	return bytes_number(&bytes, 4);
}
