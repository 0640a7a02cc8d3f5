// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has how much memory: /proc/allocinfo has a line for each place in the source that allocates
 * (CONFIG_MEM_ALLOC_PROFILING); kmemleak finds memory to which nothing points.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vet.h"

#define ALLOCINFO "/proc/allocinfo"
#define KMEMLEAK "/sys/kernel/debug/kmemleak"

/*
 * The counts of these places change by themselves. Allocators keep pages for later use. KASAN and lockdep
 * keep records. File systems cache names. A leak of the module shows at the place that called them, too.
 */
static bool is_of_allocators(const char *place)
{
	static const char * const files[] = {
		"mm/", "lib/stackdepot.c", "lib/debugobjects.c", "kernel/locking/", "kernel/kprobes.c", "lib/maple_tree.c",
		"kernel/fork.c", "fs/",
		"arch/",	/* page tables for the text of modules */
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		if (!strncmp(place, files[i], strlen(files[i])))
			/* These allocate when a file is made, not when somebody opens it. */
			return strncmp(place, "fs/proc/generic.c", 17) && strncmp(place, "fs/kernfs/dir.c", 15) &&
				strncmp(place, "fs/sysfs/", 9) && strncmp(place, "fs/char_dev.c", 13);

	return false;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct place *)a)->name, ((const struct place *)b)->name);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "%s: %m", path);
	close(fd);
}

static void add(struct memory *memory, const char *name, long calls)
{
	/* Doubles the array at each power of two. */
	if (!(memory->count & (memory->count - 1))) {
		memory->places = realloc(memory->places, (memory->count ? 2 * memory->count : 1) * sizeof(*memory->places));
		must(memory->places, "no memory");
	}
	memory->places[memory->count++] = (struct place){ strdup(name), calls };
}

void memory_read(struct memory *memory)
{
	char line[512], name[400];
	FILE *file;

	memset(memory, 0, sizeof(*memory));
	if (!exists(ALLOCINFO))
		return;
	file = fopen(ALLOCINFO, "re");
	must(file, ALLOCINFO ": %m");
	while (fgets(line, sizeof(line), file)) {
		long calls;

		if (sscanf(line, "%*d %ld %399[^\n]", &calls, name) != 2 || !calls || is_of_allocators(name))
			continue;
		name[strcspn(name, "\n")] = '\0';
		while (*name && name[strlen(name) - 1] == ' ')
			name[strlen(name) - 1] = '\0';
		add(memory, name, calls);
	}
	fclose(file);
	qsort(memory->places, memory->count, sizeof(*memory->places), by_name);
}

void memory_free(struct memory *memory)
{
	while (memory->count)
		free(memory->places[--memory->count].name);
	free(memory->places);
	memset(memory, 0, sizeof(*memory));
}

static struct memory ignored;

const char *memory_grown(const struct memory *before, const struct memory *after, long by, int *from)
{
	while (*from < after->count) {
		const struct place *now = &after->places[(*from)++], *was;

		was = before->count ? bsearch(now, before->places, before->count, sizeof(*now), by_name) : NULL;
		if (now->calls - (was ? was->calls : 0) >= by &&
		    !(ignored.count && bsearch(now, ignored.places, ignored.count, sizeof(*now), by_name)))
			return now->name;
	}

	return NULL;
}

void memory_learn(const struct memory *before, const struct memory *after, long loads)
{
	const char *name;
	int from = 0;

	while ((name = memory_grown(before, after, loads, &from)))
		add(&ignored, name, 0);
	qsort(ignored.places, ignored.count, sizeof(*ignored.places), by_name);
}

/* --- kmemleak ------------------------------------------------------------------------- */

/* Where kmemleak is off, by the command line or because it lacked memory, it takes no command. */
bool has_kmemleak(void)
{
	int fd = open(KMEMLEAK, O_WRONLY | O_CLOEXEC);
	bool is_on = fd >= 0 && write(fd, "scan=off", 8) == 8;

	if (fd >= 0)
		close(fd);

	return is_on;
}

static const char *scan(void)
{
	sleep(6);		/* what is younger than five seconds is no leak yet */
	write_file(KMEMLEAK, "scan");
	write_file(KMEMLEAK, "scan");

	return content(KMEMLEAK);
}

void forget_leaks(void)
{
	scan();
	write_file(KMEMLEAK, "clear");
}

const char *find_leak(void)
{
	const char *report = scan();

	return *report ? report : NULL;
}
