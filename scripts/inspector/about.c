// SPDX-License-Identifier: GPL-2.0-only
/* What an image was made of: the kernel's release, the compiler, the configuration. */

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "inspector.h"

#define CONFIG_MAX (4UL << 20)	/* a distribution's has 300 KiB */

/* The string at @start if it ends within @len bytes, else NULL. */
static const char *string_in(const Elf_Data *data, size_t start)
{
	const char *s = (const char *)data->d_buf + start;

	return start < data->d_size && memchr(s, '\0', data->d_size - start) ? s : NULL;
}

/* linux_banner of a vmlinux: init/version.c */
static const char *banner(const struct image *img)
{
	for (size_t i = 0; i < img->nr_sections; i++) {
		const struct section *sec = &img->sections[i];
		const Elf_Data *data;

		if (img->banner < sec->address || img->banner - sec->address >= sec->size)
			continue;
		data = image_raw(img, sec->index);
		return data ? string_in(data, img->banner - sec->address) : NULL;
	}
	return NULL;
}

static const char *release(const struct image *img)
{
	static const char prefix[] = "Linux version ";
	const char *text = img->vermagic;

	if (img->kind == IMAGE_VMLINUX && img->has_banner) {
		text = banner(img);
		text = text && starts_with(text, prefix) ? text + sizeof(prefix) - 1 : NULL;
	}
	return text;
}

static const Elf_Data *find_section(const struct image *img, const char *name)
{
	for (size_t i = 1; i < img->nr_headers; i++)
		if (img->headers[i].name && equal(img->headers[i].name, name))
			return image_raw(img, i);
	return NULL;
}

/* All compilers write their name into .comment; C's comes first. */
static const char *compiler(const struct image *img)
{
	const Elf_Data *data = find_section(img, ".comment");
	size_t start = 0;

	while (data && start < data->d_size && !((const char *)data->d_buf)[start])
		start++;
	return data ? string_in(data, start) : NULL;
}

/* Unpacks by a file in memory, since zlib reads no gzip header from a buffer. */
static char *gunzip(const void *packed, size_t len)
{
	int fd = memfd_create("config", MFD_CLOEXEC);
	char *text = must_alloc(CONFIG_MAX + 1, 1);
	gzFile file = NULL;
	int size = -1;

	if (fd >= 0 && write(fd, packed, len) == (ssize_t)len && !lseek(fd, 0, SEEK_SET))
		file = gzdopen(fd, "rb");
	if (file)
		size = gzread(file, text, CONFIG_MAX);
	if (file)
		gzclose(file);
	else if (fd >= 0)
		close(fd);
	if (size > 0)
		return text;
	free(text);
	return NULL;
}

/* CONFIG_IKCONFIG: kernel/configs.c, and the markers that scripts/extract-ikconfig looks for */
static char *built_in_config(const struct image *img)
{
	static const char start[] = "IKCFG_ST\x1f\x8b", end[] = "IKCFG_ED";
	const Elf_Data *data = find_section(img, ".rodata");
	const char *from, *to;

	if (!data)
		return NULL;
	from = memmem(data->d_buf, data->d_size, start, sizeof(start) - 1);
	if (!from)
		return NULL;
	from += strlen("IKCFG_ST");
	to = memmem(from, (const char *)data->d_buf + data->d_size - from, end, sizeof(end) - 1);
	return to ? gunzip(from, to - from) : NULL;
}

static char *find_config(const struct image *img)
{
	char *text, *path;

	if (img->kind != IMAGE_VMLINUX)
		return NULL;
	text = built_in_config(img);
	if (text)
		return text;
	path = beside(img->path, ".config");
	text = read_text(path);
	free(path);
	return text;
}

/* Sets @release, @compiler and @config; each stays NULL where nothing says. */
void about_read(struct image *img)
{
	const char *text = release(img);
	char *config = find_config(img);

	if (text)
		img->release = image_own(img, must_strndup(text, strcspn(text, " \n")));
	img->compiler = compiler(img);
	if (config)
		img->config = image_own(img, config);
}

/* A short name of a configuration, allocated: equal ones have the same. */
char *config_hash(const char *config)
{
	return must_printf("%08lx", crc32(0, (const unsigned char *)config, strlen(config)));
}
