// SPDX-License-Identifier: GPL-2.0-only

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

/* --- the kernel ----------------------------------------------------------- */

/* @len bytes at an address of the image, or NULL */
static const char *contents(struct image *img, uint64_t address, size_t len)
{
	for (size_t i = 0; i < img->nr_sections; i++) {
		const struct section *sec = &img->sections[i];
		uint64_t offset = address - sec->address;
		Elf_Data *data;

		if (address < sec->address || offset >= sec->size ||
		    len > sec->size - offset)
			continue;
		data = elf_rawdata(elf_getscn(img->elf, sec->index), NULL);
		return data && data->d_buf && data->d_size == sec->size ?
		       (const char *)data->d_buf + offset : NULL;
	}
	return NULL;
}

static uint32_t read_u32(const struct image *img, const unsigned char *bytes)
{
	bool big_endian = img->ehdr.e_ident[EI_DATA] == ELFDATA2MSB;
	uint32_t value = 0;

	for (size_t i = 0; i < 4; i++)
		value = value << 8 | bytes[big_endian ? i : 3 - i];
	return value;
}

/* An absolute symbol is the checksum, others are where it lies (linux/export-internal.h). */
static void add_crc(struct kernel *kernel, const char *name, const GElf_Sym *sym)
{
	uint32_t value = sym->st_value;

	if (sym->st_shndx != SHN_ABS) {
		const unsigned char *bytes =
			(const unsigned char *)contents(&kernel->img, sym->st_value, 4);

		if (!bytes)
			return;
		value = read_u32(&kernel->img, bytes);
	}
	kernel->crcs[kernel->nr_crcs++] = (struct crc){ name, value };
}

static int compare_crcs(const void *pa, const void *pb)
{
	const struct crc *a = pa, *b = pb;

	return strcmp(a->name, b->name);
}

static void note_symbol(struct kernel *kernel, const char *name, const GElf_Sym *sym)
{
	if (starts_with(name, "__crc_")) {
		add_crc(kernel, name + strlen("__crc_"), sym);
	} else if (!strcmp(name, "vermagic") && sym->st_size) {
		/* static const char vermagic[] in kernel/module/main.c */
		const char *text = contents(&kernel->img, sym->st_value, sym->st_size);

		if (text && !text[sym->st_size - 1])
			kernel->vermagic = text;
	}
}

static int read_symbols(struct kernel *kernel)
{
	struct image *img = &kernel->img;
	Elf_Data *symtab;
	GElf_Shdr shdr;
	size_t nr;

	if (!img->symtab)
		return 0;
	symtab = image_data(img, img->symtab);
	if (!symtab || !gelf_getshdr(img->symtab, &shdr))
		return -1;
	nr = symtab->d_size / gelf_fsize(img->elf, ELF_T_SYM, 1, EV_CURRENT);
	kernel->crcs = must_alloc(nr, sizeof(*kernel->crcs));
	for (size_t i = 1; i < nr; i++) {
		const char *name;
		GElf_Sym sym;

		if (!gelf_getsym(symtab, i, &sym))
			continue;
		name = elf_strptr(img->elf, shdr.sh_link, sym.st_name);
		if (name)
			note_symbol(kernel, name, &sym);
	}
	qsort(kernel->crcs, kernel->nr_crcs, sizeof(*kernel->crcs), compare_crcs);
	return 0;
}

/*
 * What a kernel checks shows in its messages: distributions take such checks into older
 * kernels. elf_validity_cache_index_mod() in kernel/module/main.c is there since 6.4,
 * elf_validity_cache_index_versions() since 6.14.
 */
static const char size_message[] = "section size must match the kernel's built struct module";
static const char extended_message[] = "extended version crc+name presence does not match";
static const char missing_message[] = "more extended version crcs than names";

static bool has_message(struct image *img, const char *message)
{
	for (size_t i = 0; i < img->nr_sections; i++) {
		const struct section *sec = &img->sections[i];
		Elf_Data *data;

		if (!starts_with(sec->name, ".rodata"))
			continue;
		data = elf_rawdata(elf_getscn(img->elf, sec->index), NULL);
		if (data && data->d_buf &&
		    memmem(data->d_buf, data->d_size, message, strlen(message)))
			return true;
	}
	return false;
}

/* BTF alone begins with its magic number, 0xeb9f in the byte order of the machine. */
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

/**
 * kernel_open() - read what a kernel holds a module against
 * @kernel: filled in; to be given to kernel_close() in any case
 * @path: a vmlinux with BTF or debug information, or BTF alone
 *
 * Return: 0, or -1 after a message.
 */
int kernel_open(struct kernel *kernel, const char *path)
{
	*kernel = (struct kernel){ .path = path, .img.fd = -1 };
	if (!is_btf(path)) {
		if (image_open(&kernel->img, path, "") || read_symbols(kernel))
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

/* --- a module ------------------------------------------------------------- */

const char *verdict_name(enum verdict verdict)
{
	static const char * const names[] = {
		[VERDICT_GOOD]		= "good",
		[VERDICT_REFUSED]	= "refused",
		[VERDICT_PERMANENT]	= "permanent",
		[VERDICT_NOT_RUN]	= "not run",
		[VERDICT_CRASH]		= "crash",
	};

	return names[verdict];
}

static Elf_Data *find_data(struct image *img, const char *name)
{
	for (size_t i = 0; i < img->nr_sections; i++)
		if (!strcmp(img->sections[i].name, name))
			return elf_rawdata(elf_getscn(img->elf, img->sections[i].index), NULL);
	return NULL;
}

/* same_magic() in kernel/module/version.c: with __versions the release may differ. */
static bool same_magic(const char *a, const char *b, bool has_crcs)
{
	if (has_crcs) {
		a += strcspn(a, " ");
		b += strcspn(b, " ");
	}
	return !strcmp(a, b);
}

/* The kernel's own spelling of a symbol whose checksum differs, or NULL */
static const char *other_crc(const struct kernel *kernel, const char *name, uint32_t value)
{
	const struct crc key = { .name = name };
	const struct crc *crc = bsearch(&key, kernel->crcs, kernel->nr_crcs, sizeof(key),
					compare_crcs);

	return crc && crc->value != value ? crc->name : NULL;
}

/* __versions: struct modversion_info in linux/module.h, 64 bytes each */
#define VERSION_SIZE 64

/* The symbol whose checksum differs, or NULL; check_version() in kernel/module/version.c */
static const char *other_version(const struct kernel *kernel, const struct image *img,
				 const Elf_Data *data)
{
	bool big_endian = img->ehdr.e_ident[EI_DATA] == ELFDATA2MSB;
	size_t word = img->ehdr.e_ident[EI_CLASS] == ELFCLASS64 ? 8 : 4;

	if (!data || !data->d_buf)
		return NULL;
	for (size_t i = 0; i + VERSION_SIZE <= data->d_size; i += VERSION_SIZE) {
		const unsigned char *entry = (const unsigned char *)data->d_buf + i;
		const char *name = (const char *)entry + word, *other;

		if (!memchr(name, '\0', VERSION_SIZE - word))
			return NULL;
		other = other_crc(kernel, name, read_u32(img, entry + (big_endian ? word - 4 : 0)));
		if (other)
			return other;
	}
	return NULL;
}

/*
 * The same for EXTENDED_MODVERSIONS: the checksums, and the names, one behind the other.
 * Where there are fewer names than checksums sets @missing.
 */
static const char *other_extended(const struct kernel *kernel, const struct image *img,
				  const Elf_Data *crcs, const Elf_Data *names, bool *missing)
{
	const char *other = NULL, *name = names->d_buf ? names->d_buf : "";
	size_t left = names->d_buf ? names->d_size : 0;

	if (!crcs->d_buf)
		return NULL;
	for (size_t i = 0; i + 4 <= crcs->d_size; i += 4) {
		size_t len = strnlen(name, left) + 1;

		if (len > left) {
			*missing = true;
			return NULL;
		}
		if (!other)
			other = other_crc(kernel, name,
					  read_u32(img, (const unsigned char *)crcs->d_buf + i));
		name += len;
		left -= len;
	}
	return other;
}

static void judge(struct judgement *judgement, enum verdict verdict, char *why)
{
	judgement->verdict = verdict;
	judgement->why = why;
}

/*
 * What is wrong with the symbols' versions, allocated, or NULL. A kernel that reads the
 * extended ones looks at no others, and one that does not passes them over.
 */
static char *wrong_versions(const struct kernel *kernel, struct image *img,
			    const Elf_Data *versions)
{
	const Elf_Data *crcs = find_data(img, "__version_ext_crcs");
	const Elf_Data *names = find_data(img, "__version_ext_names");
	bool missing = false;
	const char *symbol;

	if (kernel->extended && !crcs != !names)
		return must_printf("%s", extended_message);
	if (kernel->extended && crcs)
		symbol = other_extended(kernel, img, crcs, names, &missing);
	else
		symbol = other_version(kernel, img, versions);
	if (missing)
		return must_printf("%s", missing_message);
	return symbol ? must_printf("disagrees about version of symbol %s", symbol) : NULL;
}

/* What loading checks: check_modinfo(), the size, the symbols' versions. */
static bool is_refused(const struct kernel *kernel, struct image *img, int64_t size,
		       struct judgement *judgement)
{
	const Elf_Data *versions = find_data(img, "__versions");
	char *wrong = NULL;

	if (kernel->vermagic && !same_magic(img->vermagic, kernel->vermagic, versions))
		wrong = must_printf("vermagic '%s', not '%s'", img->vermagic, kernel->vermagic);
	else if (kernel->checks_size && size != kernel->layout.size)
		wrong = must_printf("struct module of %" PRId64 " bytes, not %" PRId64,
				    size, kernel->layout.size);
	else
		wrong = wrong_versions(kernel, img, versions);
	if (wrong)
		judge(judgement, VERDICT_REFUSED, wrong);
	return wrong;
}

static bool found_at(const struct routine *routine, int64_t offset)
{
	return routine->linked && offset >= 0 && routine->offset == (uint64_t)offset;
}

/* What happens once it is loaded. */
static void judge_routines(const struct layout *layout, const struct image *img,
			   struct judgement *judgement)
{
	const struct routine *init = &img->init, *exit = &img->exit;

	if (found_at(exit, layout->init) || found_at(init, layout->exit))
		judge(judgement, VERDICT_CRASH,
		      must_printf("%s is where the kernel has .%s",
				  found_at(exit, layout->init) ? "cleanup_module" : "init_module",
				  found_at(exit, layout->init) ? "init" : "exit"));
	else if (init->linked && !found_at(init, layout->init))
		judge(judgement, VERDICT_NOT_RUN,
		      must_printf("init at %" PRIu64 ", the kernel's is at %" PRId64,
				  init->offset, layout->init));
	else if (exit->linked && layout->exit < 0)
		judge(judgement, VERDICT_PERMANENT,
		      must_printf("the kernel has no CONFIG_MODULE_UNLOAD"));
	else if (exit->linked && !found_at(exit, layout->exit))
		judge(judgement, VERDICT_PERMANENT,
		      must_printf("exit at %" PRIu64 ", the kernel's is at %" PRId64,
				  exit->offset, layout->exit));
	else if (exit->section && !exit->linked && layout->exit >= 0)
		judge(judgement, VERDICT_PERMANENT,
		      must_printf("built without CONFIG_MODULE_UNLOAD"));
	else if (init->section && !exit->section)
		judge(judgement, VERDICT_GOOD,
		      must_printf("permanent of itself: it has no exit routine"));
	else
		judge(judgement, VERDICT_GOOD, NULL);
}

/**
 * kernel_judge() - say what will become of a module in a kernel
 * @kernel: opened
 * @img: the module, read
 * @judgement: filled in; @why is the caller's to free
 *
 * Return: 0, or -1 after a message.
 */
int kernel_judge(const struct kernel *kernel, struct image *img,
		 struct judgement *judgement)
{
	GElf_Shdr shdr;

	if (img->kind != IMAGE_MODULE || img->is_debug) {
		complain(img->path, NULL, "only a module can be held against a kernel");
		return -1;
	}
	if (relocations_read(img) || !gelf_getshdr(img->this_module, &shdr))
		return -1;
	if (!is_refused(kernel, img, shdr.sh_size, judgement))
		judge_routines(&kernel->layout, img, judgement);
	return 0;
}

/* --- the report ----------------------------------------------------------- */

void kernel_begin(struct rows *rows)
{
	static const struct column columns[] = {
		{ "module", "MODULE", COLUMN_TEXT, false },
		{ "verdict", "VERDICT", COLUMN_TEXT, false },
		{ "why", "WHY", COLUMN_TEXT, true },
		{ "file", NULL, COLUMN_PATH, false },
		{ "module_init", NULL, COLUMN_NUMBER, false },
		{ "module_exit", NULL, COLUMN_NUMBER, false },
		{ "kernel_init", NULL, COLUMN_NUMBER, false },
		{ "kernel_exit", NULL, COLUMN_NUMBER, false },
	};

	*rows = (struct rows){ .columns = columns, .nr_columns = ARRAY_SIZE(columns) };
}

/* -1 where there is none */
static int64_t offset_of(const struct routine *routine)
{
	return routine->linked ? (int64_t)routine->offset : -1;
}

/**
 * kernel_image() - judge a module and add a row about it
 * @rows: begun
 * @kernel: opened
 * @img: the module, read
 * @good: set to false for a module that is not good
 *
 * Return: 0, or -1 after a message.
 */
int kernel_image(struct rows *rows, const struct kernel *kernel, struct image *img,
		 bool *good)
{
	struct judgement judgement;

	if (kernel_judge(kernel, img, &judgement))
		return -1;
	if (judgement.verdict != VERDICT_GOOD)
		*good = false;
	rows_add(rows, img->module, verdict_name(judgement.verdict), judgement.why,
		 img->path, offset_of(&img->init), offset_of(&img->exit),
		 kernel->layout.init, kernel->layout.exit);
	free(judgement.why);
	return 0;
}
