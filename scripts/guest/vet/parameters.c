// SPDX-License-Identifier: GPL-2.0-only
/* V6: parameters at their limits, and of the wrong type. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vet.h"

/* 600 characters: more than most buffers. NULL stands for it. */
static char longest[601];

static const char * const numbers[] = {
	"", "0", "1", "-1", "127", "128", "255", "256", "32768", "65536", "2147483647", "-2147483648", "2147483648",
	"4294967295", "18446744073709551615", "99999999999999999999", "0x", "x", "1,2", NULL,
};
static const char * const truths[] = { "", "y", "N", "2", "-1", "x", NULL };
static const char * const texts[] = { "", "x", "%s%n", "/", "\"a b\"", "0", "-1", NULL };

struct parameter {
	char name[64], type[64];
	const char *const *values;
	bool is_measured;
	/* A number of things: the place that allocates for each, the KiB that each takes, and how many fit. */
	char place[256];
	long kib, fitting;
};

/* --- a value at the load ---------------------------------------------------------------- */

struct value {
	struct parameter *parameter;
	const char *text;
};

/* The guest always has memory for so many things. */
#define FEW 1
#define MANY 32

/* Returns the memory that is left, in KiB, or 0 if the module cannot be loaded. */
static long load_and_look(const struct parameter *parameter, int number, struct memory *memory)
{
	char assignment[96];
	long left;

	snprintf(assignment, sizeof(assignment), "%s=%d", parameter->name, number);
	if (load_subject(assignment))
		return 0;
	memory_read(memory);
	left = number_in("/proc/meminfo", "MemAvailable:");
	unload_subject();

	return left;
}

/* A module may make as many things as its parameter says. Too many of them take all memory. */
static void measure(struct parameter *parameter)
{
	struct memory few = {}, many = {};
	const char *place;
	long left, less;
	int from = 0;

	parameter->is_measured = true;
	left = load_and_look(parameter, FEW, &few);
	less = left ? load_and_look(parameter, MANY, &many) : 0;
	place = less ? memory_grown(&few, &many, MANY - FEW, &from) : NULL;
	if (place) {
		snprintf(parameter->place, sizeof(parameter->place), "%s", place);
		parameter->kib = (left - less) / (MANY - FEW);
		if (parameter->kib < 4)
			parameter->kib = 4;	/* a page */
		parameter->fitting = left / 2 / parameter->kib;
	}
	memory_free(&few);
	memory_free(&many);
}

static void skip_too_many(const struct value *value)
{
	struct parameter *parameter = value->parameter;
	long long number = strtoll(value->text, NULL, 0);

	if (parameter->values != numbers || number <= MANY)
		return;
	if (!parameter->is_measured)
		measure(parameter);
	if (*parameter->place && number > parameter->fitting)
		skip("the guest has memory for %ld of what %s is the number of: each takes about %ld KiB, of %s", parameter->fitting,
		     parameter->name, parameter->kib, parameter->place);
}

static void load_with_value(const void *data)
{
	const struct value *value = data;
	char assignment[700];

	skip_too_many(value);
	/* What the kernel said during the loads that measured is not about this value. */
	log_begin();
	snprintf(assignment, sizeof(assignment), "%s=%s", value->parameter->name, value->text);
	snprintf(transcript.point, sizeof(transcript.point), "loaded with %.200s", assignment);
	if (!load_subject(assignment) && !unload_if_unused())
		skip_the_rest("it stays loaded, because it has a reference to itself with this value");
	must_be_clean();
	must_still_work();
	log_must_be_sound();
}

static void try_value(struct parameter *parameter, const char *text)
{
	const struct value value = { parameter, text };
	char what[128];

	snprintf(what, sizeof(what), "%.63s=%.60s", parameter->name, text);
	run_case(what, load_with_value, &value);
}

/* --- a value while it is loaded ------------------------------------------------------------ */

static void write_values(const void *data)
{
	const struct parameter *parameter = data;
	const char *const *value = parameter->values;
	char path[256], buffer[4096];
	bool is_last;
	int fd;

	log_begin();
	must(!load_subject(""), "it cannot be loaded");
	snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", subject->name, parameter->name);
	do {
		is_last = !*value;
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0) {
			const char *text = *value ? *value : longest;

			snprintf(transcript.point, sizeof(transcript.point), "%.200s written to %s", text, path);
			note("write(\"%.40s\") = %zd\n", text, write(fd, text, strlen(text)));
			lseek(fd, 0, SEEK_SET);
			note("read = %zd\n", read(fd, buffer, sizeof(buffer)));
			close(fd);
		}
		value++;
	} while (fd >= 0 && !is_last);
	unload_subject();
	if (fd < 0)
		skip("it cannot be written");
	must_be_clean();
	must_still_work();
	log_must_be_sound();
}

static const char *const *values_of(const char *type)
{
	if (strstr(type, "charp") || strstr(type, "string"))
		return texts;
	if (strstr(type, "bool"))
		return truths;

	return numbers;
}

static void try_parameter(struct parameter *parameter)
{
	const char *const *value;
	char what[128];

	parameter->values = values_of(parameter->type);
	for (value = parameter->values; *value; value++)
		try_value(parameter, *value);
	try_value(parameter, longest);
	snprintf(what, sizeof(what), "write:%s", parameter->name);
	run_case(what, write_values, parameter);
}

void try_parameters(void)
{
	char path[128], line[256];
	int count = 0;
	FILE *file;

	memset(longest, '9', sizeof(longest) - 1);
	snprintf(path, sizeof(path), "/vet/parameters/%s", subject->name);
	file = fopen(path, "re");
	if (!subject->permanent && !usual.error)
		while (file && fgets(line, sizeof(line), file)) {
			struct parameter parameter = {};

			if (sscanf(line, "%63s %63[^\n]", parameter.name, parameter.type) == 2) {
				try_parameter(&parameter);
				count++;
			}
		}
	if (file)
		fclose(file);
	if (subject->permanent)
		does_not_apply("it has no exit function: it can be loaded only once");
	else if (usual.error)
		does_not_apply("init returns -%s by itself", name_of(usual.error));
	else if (!count)
		does_not_apply("it has no parameters");
}
