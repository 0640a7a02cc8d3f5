// SPDX-License-Identifier: GPL-2.0-only
/* What is done to the kernel, and what it shows of itself. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest.h"

/* --- system calls ---------------------------------------------------------- */

/* Writes down what a system call returned, and what the kernel said. Returns 0 or -errno. */
static int outcome(long returned)
{
	int error = errno;

	if (returned == -1)
		note(" = -1 %s (%s)\n", strerrorname_np(error), strerror(error));
	else
		note(" = %ld\n", returned);
	log_read();

	return returned == -1 ? -error : 0;
}

const char *name_of(int error)
{
	return error ? strerrorname_np(-error) : "success";
}

static void path_of(const char *module, char *path, size_t size)
{
	snprintf(path, size, *module == '/' ? "%s" : "/modules/%s.ko", module);
}

int open_module(const char *module)
{
	char path[256];
	int fd;

	path_of(module, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	must(fd >= 0, "there is no %s: %m", path);

	return fd;
}

int load_with(const char *module, const char *parameters, int flags)
{
	int fd = open_module(module), error;
	char path[256];

	path_of(module, path, sizeof(path));
	note("finit_module(\"%s\", \"%s\", %d)", path, parameters, flags);
	error = outcome(syscall(SYS_finit_module, fd, parameters, flags));
	close(fd);

	return error;
}

void load(const char *module, const char *parameters, int expected)
{
	int error = load_with(module, parameters, 0);

	must(error == expected, "loading %s with '%s': %s, not %s", module, parameters,
	     name_of(error), name_of(expected));
}

pid_t load_in_background(const char *module, const char *parameters)
{
	int fd = open_module(module);
	pid_t child;

	note("finit_module(\"%s\", \"%s\", 0), in the background\n", module, parameters);
	child = fork();
	must(child >= 0, "fork: %m");
	if (!child)
		_exit(syscall(SYS_finit_module, fd, parameters, 0) ? errno : 0);
	close(fd);

	return child;
}

int unload_with(const char *name, int flags)
{
	note("delete_module(\"%s\", %s)", name, flags & O_TRUNC ? "O_NONBLOCK | O_TRUNC" : "O_NONBLOCK");

	return outcome(syscall(SYS_delete_module, name, O_NONBLOCK | flags));
}

void unload(const char *name, int expected)
{
	int error = unload_with(name, 0);

	must(error == expected, "unloading %s: %s, not %s", name, name_of(error), name_of(expected));
}

/* --- files ----------------------------------------------------------------- */

bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

char *content(const char *path)
{
	static char buffer[65536];
	ssize_t count;
	size_t length = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	must(fd >= 0, "%s: %m", path);
	while ((count = read(fd, buffer + length, sizeof(buffer) - 1 - length)) > 0)
		length += count;
	close(fd);
	must(count == 0, "%s cannot be read, or is too long", path);
	if (length && buffer[length - 1] == '\n')
		length--;
	buffer[length] = '\0';

	return buffer;
}

void must_contain(const char *path, const char *expected)
{
	const char *text = content(path);

	note("# cat %s\n%s\n", path, text);
	must(!strcmp(text, expected), "%s has '%s', not '%s'", path, text, expected);
}

long number_in(const char *path, const char *key)
{
	const char *place = strstr(content(path), key);

	must(place, "%s has no '%s'", path, key);

	return strtol(place + strlen(key), NULL, 10);
}

long taint(void)
{
	return number_in("/proc/sys/kernel/tainted", "");
}

/* --- modules and symbols --------------------------------------------------- */

bool listed(const char *name, struct module_line *line)
{
	char text[1024];
	bool found = false;
	FILE *file = fopen("/proc/modules", "re");

	must(file, "/proc/modules: %m");
	while (!found && fgets(text, sizeof(text), file)) {
		char references[32];

		must(sscanf(text, "%63s %ld %31s %255s %15s", line->name, &line->size,
			    references, line->users, line->state) == 5,
		     "/proc/modules has a line that is none: %s", text);
		if (strcmp(line->name, name))
			continue;
		found = true;
		line->references = atol(references);
		line->permanent = strstr(line->users, "[permanent]");
		note("# grep '^%s ' /proc/modules\n%s", name, text);
	}
	fclose(file);
	if (!found)
		note("# grep '^%s ' /proc/modules\n", name);

	return found;
}

void must_be_listed(const char *name, const char *state)
{
	struct module_line line;

	must(listed(name, &line), "%s is not in /proc/modules", name);
	must(!strcmp(line.state, state), "%s is %s, not %s", name, line.state, state);
}

void must_not_be_listed(const char *name)
{
	struct module_line line;
	char path[128];

	must(!listed(name, &line), "%s is in /proc/modules", name);
	snprintf(path, sizeof(path), "/sys/module/%s", name);
	must(!exists(path), "%s is there", path);
}

bool symbol(const char *name, const char *module, unsigned long *address)
{
	char text[512], found[256], owner[80];
	bool is_there = false;
	FILE *file = fopen("/proc/kallsyms", "re");

	must(file, "/proc/kallsyms: %m");
	while (!is_there && fgets(text, sizeof(text), file)) {
		int words = sscanf(text, "%lx %*c %255s [%79[^]]", address, found, owner);

		is_there = words >= 2 && !strcmp(found, name) &&
			(module ? words == 3 && !strcmp(owner, module) : words == 2);
	}
	fclose(file);
	note("# grep ' %s%s%s%s$' /proc/kallsyms\n%s", name, module ? ".*" : "", module ?: "",
	     module ? "." : "", is_there ? text : "");

	return is_there;
}
