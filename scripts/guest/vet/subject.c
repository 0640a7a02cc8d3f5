// SPDX-License-Identifier: GPL-2.0-only
/* The module that is looked at. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vet.h"

/*
 * How often to try again, every PAUSE_US, before a module counts as in use; and how often to look
 * again, which takes longer, before something counts as left behind.
 */
#define TRIES		50
#define LOOKS		6
#define PAUSE_US	50000

/* A leak is a number that grows each time; this often in a row. */
#define REPEATS		3

const struct subject *subject;
struct usual usual;

static struct stock before;
static struct memory memory;

/* --- what the kernel does by itself --------------------------------------------------------- */

static void load_empty(void)
{
	load("vet_empty", "", 0);
	unload("vet_empty", 0);
}

void learn(const void *data)
{
	struct stock first, then;
	struct memory less, more;
	int i;

	(void)data;
	log_begin();
	load("vet_faults", "", 0);
	stock_take(&first);
	load_empty();
	memory_read(&less);
	for (i = 0; i < 2 * REPEATS; i++)
		load_empty();
	memory_read(&more);
	stock_take(&then);
	stock_learn(&first, &then);
	memory_learn(&less, &more, 2 * REPEATS);
	stock_free(&first);
	stock_free(&then);
	memory_free(&less);
	memory_free(&more);
	log_must_be_sound();
	if (has_kmemleak()) {
		forget_leaks();
		log_begin();
	}
}

/* --- loading ------------------------------------------------------------------------------- */

int load_subject(const char *more)
{
	char parameters[1024];

	snprintf(parameters, sizeof(parameters), "%s%s%s", subject->parameters, *subject->parameters ? " " : "", more);

	return load_with(subject->name, parameters, 0);
}

int load_and_read(struct outcome *outcome)
{
	int error = load_subject("");

	helper_read(outcome);

	return error;
}

/* The kernel may find a module in use for a while. Returns 0 or a negative errno. */
static int unload_in_time(const char *name)
{
	int error = -EWOULDBLOCK, i;

	for (i = 0; i < TRIES && error == -EWOULDBLOCK; i++) {
		if (i)
			usleep(PAUSE_US);
		error = unload_with(name, 0);
	}

	return error;
}

static void must_unload(const char *name)
{
	int error = unload_in_time(name);

	must(!error, "unloading %s: %s", name, name_of(error));
}

void unload_subject(void)
{
	must_unload(subject->name);
}

bool unload_if_unused(void)
{
	int error = unload_in_time(subject->name);

	must(!error || error == -EWOULDBLOCK, "unloading %s: %s", subject->name, name_of(error));

	return !error;
}

void must_return_well(const struct outcome *outcome)
{
	if (!outcome->ran)
		return;
	must(outcome->returned <= 0, "init returned %d: it must return 0 or a negative errno", outcome->returned);
	must(outcome->returned >= -4095, "init returned %d, which is no errno", outcome->returned);
	must(outcome->returned != -EEXIST, "init returned -EEXIST, which tells insmod that the module is loaded already");
}

void must_still_work(void)
{
	int error = load_subject("");

	must(error == usual.error, "the next load of %s: %s, not %s", subject->name, name_of(error), name_of(usual.error));
	if (!error)
		unload_subject();
}

/* --- what is left ------------------------------------------------------------------------------ */

/* Adds the first lines that are new in AFTER to TEXT, which has SIZE bytes. */
static bool list_new(const struct stock *one, const struct stock *other, const char *what, char *text, size_t size)
{
	const char *line;
	int from = 0, count = 0;

	while (count < 5 && (line = stock_new(one, other, &from))) {
		snprintf(text + strlen(text), size - strlen(text), "%s%s", count ? ", " : what, line);
		count++;
	}

	return count;
}

static bool is_stock_changed(char *text, size_t size)
{
	struct stock after;
	bool changed;

	*text = '\0';
	stock_take(&after);
	changed = list_new(&before, &after, "left behind: ", text, size);
	changed |= list_new(&after, &before, *text ? "; gone: " : "gone, though it was there before: ", text, size);
	stock_free(&after);

	return changed;
}

void must_be_clean(void)
{
	char text[2048];
	int i;

	log_must_be_sound();
	for (i = 0; i < LOOKS && is_stock_changed(text, sizeof(text)); i++)
		usleep(PAUSE_US);
	log_must_be_sound();
	must(i < LOOKS, "%s", text);
}

static void read_memory_again(void)
{
	memory_free(&memory);
	memory_read(&memory);
}

/* The places that have BY more allocations than in LESS, in TEXT. False if there are none. */
static bool list_grown(const struct memory *less, const struct memory *more, long by, char *text, size_t size)
{
	const char *place;
	int from = 0;

	*text = '\0';
	while ((place = memory_grown(less, more, by, &from)))
		snprintf(text + strlen(text), size - strlen(text), "%s%s", *text ? "; " : "each time this memory is lost: ", place);

	return *text;
}

void must_keep_memory(void (*repeat)(const void *data), const void *data)
{
	struct memory last = memory, less;
	char text[2048];
	bool has_grown;
	int i;

	memset(&memory, 0, sizeof(memory));
	memory_read(&memory);
	has_grown = list_grown(&last, &memory, 1, text, sizeof(text));
	memory_free(&last);
	if (!has_grown)
		return;
	/* RCU and workqueues free memory of the last load a little later. */
	usleep(PAUSE_US * 4);
	read_memory_again();
	less = memory;
	memset(&memory, 0, sizeof(memory));
	for (i = 0; i < REPEATS; i++)
		repeat(data);
	for (i = 0; i < LOOKS && has_grown; i++) {
		usleep(PAUSE_US * 4);
		read_memory_again();
		has_grown = list_grown(&less, &memory, REPEATS, text, sizeof(text));
	}
	memory_free(&less);
	must(!has_grown, "%s", text);
}

/* --- beginning ----------------------------------------------------------------------------------- */

/*
 * A file that the module brought and not the kernel for it: of /sys/module/NAME only its
 * parameters.
 */
static bool is_file(const char *path)
{
	static const char parameters[] = "/parameters/";
	struct stat status;

	if (*path != '/' || lstat(path, &status) || S_ISLNK(status.st_mode) || S_ISDIR(status.st_mode))
		return false;
	if (strstr(path, "/power/"))
		return false;

	return strncmp(path, "/sys/module/", 12) || strstr(path, parameters);
}

static void find_files(const struct stock *after)
{
	const char *line;
	int from = 0;

	while ((line = stock_new(&before, after, &from)) && usual.file_count < (int)ARRAY_SIZE(usual.files))
		if (is_file(line))
			usual.files[usual.file_count++] = strdup(line);
}

static void watch_a_load(void)
{
	static const struct fault none = { .n = 0 };
	struct outcome outcome;
	struct stock after;

	helper_fail(&none);
	usual.error = load_and_read(&outcome);
	must(!usual.error || outcome.ran, "the kernel refuses to load %s: %s", subject->name, name_of(usual.error));
	usual.has_init = outcome.ran;
	usual.returned = outcome.returned;
	usual.allocations = outcome.allocations;
	memcpy(usual.alike, outcome.alike, sizeof(usual.alike));
	if (usual.error)
		return;
	stock_take(&after);
	find_files(&after);
	stock_free(&after);
	unload_subject();
}

void subject_begin(const void *data)
{
	int i;

	subject = data;
	memset(&usual, 0, sizeof(usual));
	log_begin();
	for (i = 0; i < subject->needs_count; i++) {
		int error = load_with(subject->needs[i], "", 0);

		must(!error || error == -EEXIST, "loading %s, which it needs: %s", subject->needs[i], name_of(error));
	}
	helper_target(subject->name);
	stock_take(&before);
	if (!subject->permanent)
		watch_a_load();
	else
		usual.has_init = true;
	log_must_be_sound();
	read_memory_again();
}

void subject_end(const void *data)
{
	int i;

	(void)data;
	log_begin();
	/* A permanent module keeps what it needs. */
	for (i = subject->needs_count - 1; i >= 0 && !subject->permanent; i--)
		must_unload(subject->needs[i]);
	stock_free(&before);
}
