// SPDX-License-Identifier: GPL-2.0-only
/*
 * vet: does one experiment on modules, in the guest. What it is to do is in the file /vet/plan, a line
 * each, its words separated by tabs:
 *
 *	experiment NAME		such as V2
 *	only TITLE		only this case
 *	after TITLE		only the cases after this one
 *	timeout SECONDS		after this time a case counts as hung
 *	module NAME permanent|unloadable NEEDS INIT PARAMETERS
 *				a module that is looked at; NEEDS are modules, separated by commas,
 *				that are loaded before it; INIT is its init function
 *
 * The modules are in /modules. /vet/calls/NAME has what V3 makes fail, a function and the value that
 * it returns on each line, and /vet/parameters/NAME a parameter and its type.
 *
 * Exit status: 0 good, 1 a case failed, 2 the plan is wrong.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vet.h"

#define SUBJECTS_MAX 64

static const struct experiment {
	const char *name;
	void (*run)(void);	/* for each module */
	void (*end)(void);	/* after all of them, or NULL */
	bool built_in;		/* the modules are not loaded */
} experiments[] = {
	{ "V1", load_often, find_leaks },
	{ "V2", fail_allocations },
	{ "V3", fail_calls },
	{ "V4", hold_files },
	{ "V5", race },
	{ "V6", try_parameters },
	{ "V8", look_at_init, look_at_boot, .built_in = true },
	{ "V9", load_twice },
};

static const struct experiment *experiment;
static struct subject subjects[SUBJECTS_MAX];
static int subject_count;

static void wrong(const char *line)
{
	fprintf(stderr, "vet: the plan has a wrong line: %s\n", line);
	exit(2);
}

/* name permanent|unloadable needs init parameters */
static bool read_module(char *words)
{
	struct subject *new = &subjects[subject_count];
	char *name = strsep(&words, "\t"), *kind = strsep(&words, "\t"), *needs = strsep(&words, "\t"), *need;
	char *init = strsep(&words, "\t");

	if (!init || !words || subject_count == SUBJECTS_MAX)
		return false;
	snprintf(new->name, sizeof(new->name), "%s", name);
	snprintf(new->parameters, sizeof(new->parameters), "%s", words);
	snprintf(new->init, sizeof(new->init), "%s", init);
	new->permanent = !strcmp(kind, "permanent");
	while ((need = strsep(&needs, ",")))
		if (*need && new->needs_count < NEEDS_MAX)
			snprintf(new->needs[new->needs_count++], sizeof(new->needs[0]), "%s", need);
	subject_count++;

	return true;
}

static bool read_line(char *line)
{
	char *words = line, *key = strsep(&words, "\t");
	size_t i;

	if (!words)
		return false;
	if (!strcmp(key, "module"))
		return read_module(words);
	if (!strcmp(key, "only"))
		snprintf(only, sizeof(only), "%s", words);
	else if (!strcmp(key, "after"))
		snprintf(only_after, sizeof(only_after), "%s", words);
	else if (!strcmp(key, "timeout"))
		hung_seconds = atoi(words);
	else if (strcmp(key, "experiment"))
		return false;
	for (i = 0; !strcmp(key, "experiment") && i < ARRAY_SIZE(experiments); i++)
		if (!strcmp(experiments[i].name, words))
			experiment = &experiments[i];

	return true;
}

static void read_plan(void)
{
	FILE *file = fopen("/vet/plan", "re");
	char line[2048];

	if (!file) {
		perror("/vet/plan");
		exit(2);
	}
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!read_line(strdupa(line)))
			wrong(line);
	}
	fclose(file);
	if (!experiment || !subject_count)
		wrong("no experiment, or no module");
}

int main(void)
{
	int i;

	read_plan();
	log_open();
	watch_cases();
	begin_cases(experiment->name, "kernel");
	if (!experiment->built_in)
		run_always("learn", learn, NULL);
	for (i = 0; i < subject_count; i++) {
		begin_cases(experiment->name, subjects[i].name);
		if (experiment->built_in) {
			subject = &subjects[i];
			experiment->run();
			continue;
		}
		run_always("begin", subject_begin, &subjects[i]);
		experiment->run();
		run_always("end", subject_end, NULL);
	}
	begin_cases(experiment->name, "kernel");
	if (experiment->end)
		experiment->end();
	end_cases();

	return 0;
}
