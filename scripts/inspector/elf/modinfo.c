// SPDX-License-Identifier: GPL-2.0-only
/* .modinfo: the name of a module, and what it was built for. */

#include <string.h>

#include "../inspector.h"

/* The string after @s, or NULL; as module_next_tag_pair() in the kernel. */
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

/* Of a separate debug file only sets @is_debug. */
int modinfo_read(struct image *img)
{
	const char *s, *end;
	Elf_Data *data;

	if (!img->modinfo) {
		complain(img->path, NULL, "the module has no .modinfo section");
		return -1;
	}
	/* objcopy --only-keep-debug leaves the headers. */
	if (img->headers[img->modinfo].shdr.sh_type == SHT_NOBITS) {
		img->is_debug = true;
		return 0;
	}
	data = image_strings(img, img->modinfo);
	if (!data)
		return -1;
	s = data->d_buf;
	end = s + data->d_size;
	for (; s; s = next_tag(s, end)) {
		if (starts_with(s, "name="))
			img->module = s + strlen("name=");
		else if (starts_with(s, "vermagic="))
			img->vermagic = s + strlen("vermagic=");
	}
	if (!img->module || !img->vermagic) {
		complain(img->path, ".modinfo", "there is no %s= in it",
			 img->module ? "vermagic" : "name");
		return -1;
	}
	/* MODULE_VERMAGIC_MODULE_UNLOAD in include/linux/vermagic.h */
	img->can_unload = has_word(img->vermagic, "mod_unload");
	return 0;
}
