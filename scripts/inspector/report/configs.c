// SPDX-License-Identifier: GPL-2.0-only
/*
 * The difference of two kernels' configurations. The kernel's own scripts/diffconfig finds it. The
 * script comes from the tree that a vmlinux was built from, or else from a source in hi's cache.
 */

#include <glob.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../text.h"
#include "configs.h"

/* A script beside a file that somebody else can change is not run. */
static bool is_trusted(const char *script)
{
	struct stat st;

	return !stat(script, &st) && S_ISREG(st.st_mode) && !(st.st_mode & S_IWOTH) &&
	       (st.st_uid == geteuid() || !st.st_uid);
}

/* Allocated, or NULL */
static char *script_of_build(const char *vmlinux)
{
	static const char * const names[] = { "source/scripts/diffconfig", "scripts/diffconfig" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *script = beside(vmlinux, names[i]);

		if (is_trusted(script))
			return script;
		free(script);
	}
	return NULL;
}

/* scripts/sections sets HI_SOURCES; allocated, or NULL */
static char *script_of_sources(void)
{
	const char *sources = getenv("HI_SOURCES");
	char *pattern = must_printf("%s/*/scripts/diffconfig", sources ? sources : ""), *script = NULL;
	glob_t found;

	if (sources && !glob(pattern, 0, NULL, &found)) {
		if (is_trusted(found.gl_pathv[found.gl_pathc - 1]))
			script = must_strdup(found.gl_pathv[found.gl_pathc - 1]);
		globfree(&found);
	}
	free(pattern);
	return script;
}

/* A file in memory with @text, which a child can open as /proc/self/fd/N; -1 if there can be none */
static int file_of(const char *text)
{
	int fd = memfd_create("config", 0);
	size_t len = strlen(text);

	if (fd >= 0 && write(fd, text, len) != (ssize_t)len) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Returns whether it ran and succeeded; what it prints goes to the file @out. */
static bool run(const char *script, int a, int b, int out)
{
	char *path_a = must_printf("/proc/self/fd/%d", a), *path_b = must_printf("/proc/self/fd/%d", b);
	char *argv[] = { (char *)"python3", (char *)script, path_a, path_b, NULL };
	posix_spawn_file_actions_t actions;
	int status = -1;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) || waitpid(pid, &status, 0) != pid)
		status = -1;
	posix_spawn_file_actions_destroy(&actions);
	free(path_a);
	free(path_b);
	return !status;
}

/* What the script prints, allocated; NULL if it cannot be run. */
static char *output_of(const char *script, const char *config_a, const char *config_b)
{
	int a = file_of(config_a), b = file_of(config_b), out = file_of("");
	char *path = must_printf("/proc/self/fd/%d", out), *text = NULL;

	if (a >= 0 && b >= 0 && out >= 0 && run(script, a, b, out))
		text = read_text(path);
	free(path);
	close(a);
	close(b);
	close(out);
	return text;
}

/*
 * The lines of diffconfig, or one that says why there are none, allocated; NULL where a
 * configuration is not known or both are the same.
 */
char *configs_difference(const struct image *images)
{
	char *script, *text;

	if (!images[0].config || !images[1].config || equal(images[0].config, images[1].config))
		return NULL;
	script = script_of_build(images[1].path);
	if (!script)
		script = script_of_build(images[0].path);
	if (!script)
		script = script_of_sources();
	text = script ? output_of(script, images[0].config, images[1].config) : NULL;
	free(script);
	return text ? text : must_strdup("The configurations differ. The kernel's scripts/diffconfig, which tells how, is "
					 "not in source/ beside a vmlinux, or does not run: scripts/setup -k newest fetches it.\n");
}

/* The first lines, and how many more there are. */
void configs_print(const char *difference, size_t max_rows)
{
	char *lines = must_strdup(difference), *rest = lines, *line;
	size_t nr = 0;

	while ((line = strsep(&rest, "\n")) && *line) {
		char *visible = nr++ < max_rows ? text_visible(line) : NULL;

		if (visible)
			puts(visible);
		free(visible);
	}
	if (nr > max_rows)
		printf("and %zu more\n", nr - max_rows);
	free(lines);
}
