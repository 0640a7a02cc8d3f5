// SPDX-License-Identifier: GPL-2.0-only
/* What .modinfo says of a module. */

#include <string.h>

#include "inspector.h"

/* The next string of .modinfo after @s, or NULL; as module_next_tag_pair(). */
static const char *next_tag(const char *s, const char *end)
{
	s += strlen(s);
	while (s < end && !*s)
		s++;
	return s < end ? s : NULL;
}

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *s = text; (s = strstr(s, word)); s += len)
		if ((s == text || s[-1] == ' ') && (s[len] == ' ' || !s[len]))
			return true;
	return false;
}

/**
 * modinfo_read() - read a module's name and what it was built for
 * @img: sets @module, @vermagic and @can_unload; of a separate debug file
 *	 @is_debug
 * @modinfo: the section, or NULL if there is none
 *
 * Return: 0, or -1 after a message.
 */
int modinfo_read(struct image *img, Elf_Scn *modinfo)
{
	const char *s, *end;
	Elf_Data *data;
	GElf_Shdr shdr;

	if (!modinfo) {
		complain(img->path, NULL, "the module has no section .modinfo");
		return -1;
	}
	/* objcopy --only-keep-debug leaves the headers. */
	if (gelf_getshdr(modinfo, &shdr) && shdr.sh_type == SHT_NOBITS) {
		img->is_debug = true;
		return 0;
	}
	data = image_data(img, modinfo);
	if (!data)
		return -1;
	s = data->d_buf;
	if (!data->d_size || s[data->d_size - 1]) {
		complain(img->path, ".modinfo", "does not end with a NUL byte");
		return -1;
	}
	end = s + data->d_size;
	for (; s; s = next_tag(s, end)) {
		if (!strncmp(s, "name=", 5))
			img->module = s + 5;
		else if (!strncmp(s, "vermagic=", 9))
			img->vermagic = s + 9;
	}
	if (!img->module || !img->vermagic) {
		complain(img->path, ".modinfo", "no %s= in it",
			 img->module ? "vermagic" : "name");
		return -1;
	}
	/* MODULE_VERMAGIC_MODULE_UNLOAD in include/linux/vermagic.h */
	img->can_unload = has_word(img->vermagic, "mod_unload");
	return 0;
}
