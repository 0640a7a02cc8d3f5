// SPDX-License-Identifier: GPL-2.0-only
/* What an experiment leaves behind: the kernel's own lists, before and after. */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments.h"

/*
 * Nothing that the kernel changes by itself takes more than this: since Linux 6.14 an x86 kernel
 * keeps the text of modules in pages of 2 MB, and gives them back later (mm/execmem.c). A log
 * of depth 65536 takes more.
 */
#define LEAK_KB 4096

static char *before;
static long vmalloc_before, taint_before, taint_expected;
static const char *staying[8];
static size_t staying_count;

static void add_directory(FILE *list, const char *path)
{
	struct dirent **entries;
	int i, count = scandir(path, &entries, NULL, alphasort);

	for (i = 0; i < count; i++) {
		fprintf(list, "%s: %s\n", path, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/* add_file(…, words): no more than the first WORDS words of each line, or all */
static void add_file(FILE *list, const char *path, bool first_word)
{
	char line[1024];
	FILE *file = fopen(path, "re");

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, first_word ? " \n" : "\n")] = '\0';
		fprintf(list, "%s: %s\n", path, line);
	}
	if (file)
		fclose(file);
}

/* A line for each thing that a module can leave behind. */
static char *take_stock(void)
{
	char *text;
	size_t length;
	FILE *list = open_memstream(&text, &length);

	add_file(list, "/proc/modules", true);
	add_directory(list, "/sys/module");
	add_file(list, "/proc/misc", false);
	add_file(list, "/proc/devices", false);
	add_directory(list, "/dev");
	add_directory(list, "/sys/class/misc");
	add_directory(list, "/sys/kernel");
	fclose(list);

	return text;
}

void residue_begin(void)
{
	free(before);
	before = take_stock();
	vmalloc_before = number_in("/proc/meminfo", "VmallocUsed:");
	taint_before = taint();
	taint_expected = 0;
	staying_count = 0;
}

void stays(const char *name)
{
	staying[staying_count++] = name;
}

void taints(int bit)
{
	taint_expected |= 1L << bit;
}

static bool may_stay(const char *line)
{
	size_t i;

	for (i = 0; i < staying_count; i++)
		if (strstr(line, staying[i]))
			return true;

	return false;
}

/* The first line of AFTER that was not there before. */
static const char *first_new(char *after)
{
	char *line, needle[1100], haystack[strlen(before) + 2];

	snprintf(haystack, sizeof(haystack), "\n%s", before);
	while ((line = strsep(&after, "\n"))) {
		snprintf(needle, sizeof(needle), "\n%s\n", line);
		if (*line && !strstr(haystack, needle) && !may_stay(line))
			return line;
	}

	return NULL;
}

void residue_must_be_none(void)
{
	char *after = take_stock();
	const char *line = first_new(after);
	long now = taint(), used = number_in("/proc/meminfo", "VmallocUsed:");

	must(!line, "left behind: %s", line);
	free(after);
	must(now == (taint_before | taint_expected), "the kernel is tainted %ld, not %ld", now,
	     taint_before | taint_expected);
	must(staying_count || used < vmalloc_before + LEAK_KB,
	     "left behind: %ld kB of memory", used - vmalloc_before);
}

void residue_clear(void)
{
	char name[64], *after = take_stock(), *lines = after, *line;

	while ((line = strsep(&lines, "\n")))
		if (sscanf(line, "/proc/modules: %63s", name) == 1 && !strstr(before, line))
			unload_with(name, 0);
	free(after);
}
