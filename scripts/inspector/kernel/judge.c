// SPDX-License-Identifier: GPL-2.0-only
/* What will become of a module in a kernel. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

const char * const verdict_names[] = {
	[VERDICT_GOOD]		= "good",
	[VERDICT_REFUSED]	= "refused",
	[VERDICT_PERMANENT]	= "permanent",
	[VERDICT_NOT_RUN]	= "not run",
	[VERDICT_CRASH]		= "crash",
};

static const Elf_Data *find_data(const struct image *img, const char *name)
{
	for (size_t i = 0; i < img->nr_sections; i++)
		if (equal(img->sections[i].name, name))
			return elf_rawdata(img->headers[img->sections[i].index].scn, NULL);
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

/* The name if the kernel has another checksum for that symbol, or NULL */
static const char *other_crc(const struct kernel *kernel, const char *name, uint32_t value)
{
	const struct crc *crc = kernel_crc(kernel, name);

	return crc && crc->value != value ? crc->name : NULL;
}

static const char missing_message[] = "more extended version crcs than names";

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
		const char *entry = (const char *)data->d_buf + i;
		const char *name = entry + word, *other;

		if (!memchr(name, '\0', VERSION_SIZE - word))
			return NULL;
		other = other_crc(kernel, name, image_u32(img, entry + (big_endian ? word - 4 : 0)));
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
					  image_u32(img, (const char *)crcs->d_buf + i));
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
static char *wrong_versions(const struct kernel *kernel, const struct image *img,
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
static bool is_refused(const struct kernel *kernel, const struct image *img, int64_t size,
		       struct judgement *judgement)
{
	const Elf_Data *versions = find_data(img, "__versions");
	char *wrong = NULL;

	if (kernel->vermagic && !same_magic(img->vermagic, kernel->vermagic, versions))
		wrong = must_printf("vermagic is '%s', the kernel's is '%s'", img->vermagic, kernel->vermagic);
	else if (kernel->checks_size && size != kernel->layout.size)
		wrong = must_printf("struct module has %" PRId64 " bytes, the kernel's has %" PRId64,
				    size, kernel->layout.size);
	else
		wrong = wrong_versions(kernel, img, versions);
	if (wrong)
		judge(judgement, VERDICT_REFUSED, wrong);
	return wrong;
}

static bool found_at(const struct entry_point *point, int64_t offset)
{
	return point->linked && offset >= 0 && point->offset == (uint64_t)offset;
}

/* What happens once it is loaded. */
static void judge_entry_points(const struct layout *layout, const struct image *img,
			   struct judgement *judgement)
{
	const struct entry_point *init = &img->init, *exit = &img->exit;

	if (found_at(exit, layout->init) || found_at(init, layout->exit))
		judge(judgement, VERDICT_CRASH,
		      must_printf("the kernel would call %s as .%s",
				  found_at(exit, layout->init) ? "cleanup_module" : "init_module",
				  found_at(exit, layout->init) ? "init" : "exit"));
	else if (init->linked && !found_at(init, layout->init))
		judge(judgement, VERDICT_NOT_RUN,
		      must_printf(".init is at %" PRIu64 ", the kernel's is at %" PRId64,
				  init->offset, layout->init));
	else if (exit->linked && layout->exit < 0)
		judge(judgement, VERDICT_PERMANENT,
		      must_printf("the kernel has no CONFIG_MODULE_UNLOAD"));
	else if (exit->linked && !found_at(exit, layout->exit))
		judge(judgement, VERDICT_PERMANENT,
		      must_printf(".exit is at %" PRIu64 ", the kernel's is at %" PRId64,
				  exit->offset, layout->exit));
	else if (exit->section && !exit->linked && layout->exit >= 0)
		judge(judgement, VERDICT_PERMANENT,
		      must_printf("built without CONFIG_MODULE_UNLOAD"));
	else if (init->section && !exit->section)
		judge(judgement, VERDICT_GOOD,
		      must_printf("permanent in every kernel: it has no exit function"));
	else
		judge(judgement, VERDICT_GOOD, NULL);
}

/* @img has to be read with its relocations; @why is the caller's to free. */
int kernel_judge(const struct kernel *kernel, const struct image *img,
		 struct judgement *judgement)
{
	if (img->kind != IMAGE_MODULE || img->is_debug) {
		complain(img->path, NULL, "only a module can be compared with a kernel");
		return -1;
	}
	if (!is_refused(kernel, img, img->headers[img->this_module].shdr.sh_size, judgement))
		judge_entry_points(&kernel->layout, img, judgement);
	return 0;
}
