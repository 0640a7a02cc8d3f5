// SPDX-License-Identifier: GPL-2.0-only
/*
 * A build tree: the command that compiled an object names its module, and modules.builtin
 * lists the modules that are built in. Both are needed, as in
 * scripts/generate_builtin_ranges.awk: the command names a module even for code that
 * cannot be one.
 */

#include <stdlib.h>
#include <string.h>

#include "evidence.h"

/* Whether a line "kernel/drivers/misc/hi/hi.ko" has the @len bytes at @path. */
static bool is_listed(const struct image *img, const char *path, size_t len)
{
	static const char prefix[] = "kernel/";

	for (const char *line = img->builtin; starts_with(line, prefix);
	     line += strcspn(line, "\n"), line += *line == '\n') {
		const char *s = line + sizeof(prefix) - 1;

		if (!strncmp(s, path, len) && starts_with(s + len, ".ko\n"))
			return true;
	}
	return false;
}

/* DIRECTORY/.NAME.o.cmd for DIRECTORY/NAME.c, or NULL; allocated */
static char *command_path(const struct image *img, const char *source)
{
	const char *name = base_name(source), *dot = strrchr(name, '.');

	return dot ? must_printf("%.*s%.*s.%.*s.o.cmd", (int)(base_name(img->path) - img->path),
				 img->path, (int)(name - source), source,
				 (int)(dot - name), name) : NULL;
}

/* -DKBUILD_MODFILE='"drivers/misc/hi/hi"'; of an object in two modules '"a b"' */
static char *parse_modfile(const struct image *img, const char *command)
{
	const char *start = strstr(command, "-DKBUILD_MODFILE=");
	size_t len;

	if (!start)
		return NULL;
	start += strcspn(start, "=");
	start += strspn(start, "='\"");
	len = strcspn(start, "'\"\n");
	if (!is_listed(img, start, len))
		return NULL;
	for (const char *slash; (slash = memchr(start, '/', len)); start = slash + 1)
		len -= slash + 1 - start;
	return module_name_of(start, len);
}

static char *read_module(const struct image *img, const char *source)
{
	char *path = command_path(img, source), *command = NULL, *module = NULL;
	FILE *file = path ? fopen(path, "re") : NULL;
	size_t size = 0;

	/* The command is the first line; the dependencies are many more. */
	if (file && getline(&command, &size, file) > 0)
		module = parse_modfile(img, command);
	if (file)
		fclose(file);
	free(command);
	free(path);
	return module;
}

/* Sets @builtin, and of each source file with a full path @built_for. */
void build_gather(struct image *img)
{
	char *path = beside(img->path, "modules.builtin"), *text = read_text(path);

	free(path);
	if (!text)
		return;
	img->builtin = image_own(img, text);
	for (size_t i = 1; *text && i < img->nr_sources; i++)
		if (img->sources[i].full) {
			char *module = read_module(img, img->sources[i].path);

			if (module)
				img->sources[i].built_for = image_own(img, module);
		}
}

/* Whether modules.builtin lists a module. */
bool build_has_module(const struct image *img, const char *module)
{
	bool found = false;

	for (const char *s = img->builtin; s && *s && !found; ) {
		size_t len = strcspn(s, "\n");
		char *line = must_strndup(s, len);
		char *name = (char *)base_name(line);

		name[strcspn(name, ".")] = '\0';
		found = module_name_equal(name, module);
		free(line);
		s += len + (s[len] == '\n');
	}
	return found;
}
