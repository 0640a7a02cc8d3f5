// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a build tree says: the command that compiled an object names its module, and
 * modules.builtin lists the modules that are built in. Both are needed, as in
 * scripts/generate_builtin_ranges.awk: the command of an object that can be no module
 * names one all the same.
 */

#include <stdlib.h>
#include <string.h>

#include "inspector.h"

/**
 * build_open() - make ready for build_module() and build_has_module()
 * @img: a vmlinux; sets @builtin where there is a modules.builtin beside it
 */
void build_open(struct image *img)
{
	char *path = beside(img->path, "modules.builtin");
	char *text = read_text(path);

	img->builtin = text ? image_own(img, text) : "";
	free(path);
}

/* Of a line "kernel/drivers/misc/hi/hi.ko" @len bytes count, from @path on. */
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

/* DIRECTORY/.NAME.o.cmd for DIRECTORY/NAME.c */
static char *command_path(const struct image *img, const char *source)
{
	const char *name = base_name(source), *dot = strrchr(name, '.');
	char *relative, *path;

	if (!dot)
		return NULL;
	relative = must_printf("%.*s.%.*s.o.cmd", (int)(name - source), source,
			       (int)(dot - name), name);
	path = beside(img->path, relative);
	free(relative);
	return path;
}

/* -DKBUILD_MODFILE='"drivers/misc/hi/hi"'; of an object in two modules '"a b"' */
static char *parse_modfile(const struct image *img, const char *command)
{
	const char *start = strstr(command, "-DKBUILD_MODFILE=");
	char *module;
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
	module = must_strndup(start, len);
	for (char *s = module; (s = strchr(s, '-')); )
		*s = '_';
	return module;
}

/**
 * build_module() - which module a source file was compiled for
 * @img: a vmlinux, in its build tree
 * @source: path of the source file, relative to the tree
 *
 * Return: name of the module, or NULL.
 */
const char *build_module(struct image *img, const char *source)
{
	char *path, *command = NULL, *module = NULL;
	size_t size = 0;
	FILE *file;

	if (!img->builtin || !*img->builtin)
		return NULL;
	path = command_path(img, source);
	file = path ? fopen(path, "re") : NULL;
	/* The command is the first line; the dependencies are many more. */
	if (file && getline(&command, &size, file) > 0)
		module = parse_modfile(img, command);
	if (file)
		fclose(file);
	free(command);
	free(path);
	return module ? image_own(img, module) : NULL;
}

/**
 * build_has_module() - whether modules.builtin lists a module
 * @img: a vmlinux
 * @module: name
 */
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
