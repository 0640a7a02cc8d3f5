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

/* --- a value at the load ---------------------------------------------------------------- */

static void load_with_value(const void *data)
{
	const char *assignment = data;

	log_begin();
	snprintf(transcript.point, sizeof(transcript.point), "loaded with %.200s", assignment);
	if (!load_subject(assignment) && !unload_if_unused())
		skip_the_rest("it stays loaded, because it has a reference to itself with this value");
	must_be_clean();
	must_still_work();
	log_must_be_sound();
}

static void try_value(const char *name, const char *value)
{
	char assignment[700], what[300];

	snprintf(assignment, sizeof(assignment), "%s=%s", name, value);
	snprintf(what, sizeof(what), "%.100s", assignment);
	run_case(what, load_with_value, assignment);
}

/* --- a value while it is loaded ------------------------------------------------------------ */

struct parameter {
	char name[64], type[64];
	const char *const *values;
};

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
		try_value(parameter->name, *value);
	try_value(parameter->name, longest);
	snprintf(what, sizeof(what), "write:%s", parameter->name);
	run_case(what, write_values, parameter);
}

void try_parameters(void)
{
	char path[128], line[256];
	struct parameter parameter;
	int count = 0;
	FILE *file;

	memset(longest, '9', sizeof(longest) - 1);
	snprintf(path, sizeof(path), "/vet/parameters/%s", subject->name);
	file = fopen(path, "re");
	if (!subject->permanent && !usual.error)
		while (file && fgets(line, sizeof(line), file))
			if (sscanf(line, "%63s %63[^\n]", parameter.name, parameter.type) == 2) {
				try_parameter(&parameter);
				count++;
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
