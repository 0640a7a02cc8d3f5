// SPDX-License-Identifier: GPL-2.0-only
/* All names that the kernel shows: files, and the lists in /proc. */

#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vet.h"

static void add(struct stock *stock, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct stock *stock, const char *format, ...)
{
	va_list arguments;
	char *line;

	va_start(arguments, format);
	must(vasprintf(&line, format, arguments) >= 0, "no memory");
	va_end(arguments);
	/* Doubles the array at each power of two. */
	if (!(stock->count & (stock->count - 1))) {
		stock->lines = realloc(stock->lines, (stock->count ? 2 * stock->count : 1) * sizeof(*stock->lines));
		must(stock->lines, "no memory");
	}
	stock->lines[stock->count++] = line;
}

/* --- files ------------------------------------------------------------------------- */

static bool is_number(const char *text)
{
	return isdigit((unsigned char)*text) && !text[strspn(text, "0123456789")];
}

/* All names below a directory. What is in /proc of a process is none of a module. */
static void add_tree(struct stock *stock, const char *path)
{
	bool is_proc = !strcmp(path, "/proc");
	DIR *directory = opendir(path);
	struct dirent *entry;
	char below[1024];

	if (!directory)
		return;
	while ((entry = readdir(directory))) {
		const char *name = entry->d_name;

		if (!strcmp(name, ".") || !strcmp(name, "..") || (is_proc && is_number(name)))
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, name);
		add(stock, "%s", below);
		if (entry->d_type == DT_DIR)
			add_tree(stock, below);
	}
	closedir(directory);
}

/* --- lists ------------------------------------------------------------------------- */

/* The first WORDS words of each line of a file, or the whole line if it is 0. Numbers that count are skipped. */
static void add_lines(struct stock *stock, const char *path, int words)
{
	FILE *file = fopen(path, "re");
	char line[1024];

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		char *end = line;
		int i;

		line[strcspn(line, "\n")] = '\0';
		for (i = 0; i < words; i++) {
			end += strspn(end, " \t");
			end += strcspn(end, " \t");
		}
		if (words)
			*end = '\0';
		if (*line)
			add(stock, "%s: %s", path, line + strspn(line, " "));
	}
	fclose(file);
}

/* /proc/interrupts without its counts: the interrupt, and who handles it. */
static void add_interrupts(struct stock *stock)
{
	FILE *file = fopen("/proc/interrupts", "re");
	char line[1024];

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		char *words = line, *word, text[256] = "";

		while ((word = strsep(&words, " \n")))
			if (*word && !is_number(word))
				snprintf(text + strlen(text), sizeof(text) - strlen(text), " %s", word);
		add(stock, "/proc/interrupts:%s", text);
	}
	fclose(file);
}

/* Kernel threads but for the workers of workqueues, which come and go. */
static void add_threads(struct stock *stock)
{
	DIR *directory = opendir("/proc");
	struct dirent *entry;

	must(directory, "/proc: %m");
	while ((entry = readdir(directory))) {
		char path[300], line[256], name[64];
		FILE *file;
		int parent;

		if (!is_number(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fgets(line, sizeof(line), file) &&
		    sscanf(line, "%*d (%63[^)]) %*c %d", name, &parent) == 2 && parent == 2 &&
		    strncmp(name, "kworker", strlen("kworker")))
			add(stock, "thread %s", name);
		fclose(file);
	}
	closedir(directory);
}

/* ------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool has(const struct stock *stock, const char *line)
{
	return stock->count && bsearch(&line, stock->lines, stock->count, sizeof(*stock->lines), compare);
}

void stock_take(struct stock *stock)
{
	memset(stock, 0, sizeof(*stock));
	add_lines(stock, "/proc/modules", 1);
	add_lines(stock, "/proc/devices", 0);
	add_lines(stock, "/proc/misc", 0);
	add_lines(stock, "/proc/filesystems", 0);
	add_lines(stock, "/proc/slabinfo", 1);
	add_lines(stock, "/proc/crypto", 0);
	add_lines(stock, "/proc/iomem", 0);
	add_lines(stock, "/proc/ioports", 0);
	add_lines(stock, "/proc/consoles", 1);
	add_lines(stock, "/proc/tty/drivers", 2);
	add_lines(stock, "/proc/tty/ldiscs", 1);
	add_lines(stock, "/proc/net/protocols", 1);
	add_lines(stock, "/proc/net/ptype", 0);
	add_interrupts(stock);
	add_threads(stock);
	add_tree(stock, "/dev");
	add_tree(stock, "/proc");
	add_tree(stock, "/sys");
	qsort(stock->lines, stock->count, sizeof(*stock->lines), compare);
}

void stock_free(struct stock *stock)
{
	while (stock->count)
		free(stock->lines[--stock->count]);
	free(stock->lines);
	memset(stock, 0, sizeof(*stock));
}

static struct stock ignored;

const char *stock_new(const struct stock *before, const struct stock *after, int *from)
{
	while (*from < after->count) {
		const char *line = after->lines[(*from)++];

		if (!has(before, line) && !has(&ignored, line))
			return line;
	}

	return NULL;
}

void stock_learn(const struct stock *before, const struct stock *after)
{
	const char *line;
	int from = 0;

	while ((line = stock_new(before, after, &from)))
		add(&ignored, "%s", line);
	from = 0;
	while ((line = stock_new(after, before, &from)))
		add(&ignored, "%s", line);
	qsort(ignored.lines, ignored.count, sizeof(*ignored.lines), compare);
}
