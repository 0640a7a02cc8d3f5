// SPDX-License-Identifier: GPL-2.0-only
/* V2 and V3: what init does is made to fail, one thing at a time. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vet.h"

/* More calls of one function, in a loop, say, show nothing new. */
#define CALLS_MAX 10

/* How many allocations of a permanent module are tried, whose number is not known before. */
#define ALLOCATIONS_MAX 200

/* --- the point ---------------------------------------------------------------------- */

static const char *value_text(long value)
{
	static char text[32];

	if (!value)
		return "NULL";
	if (value < 0 && value >= -4095)
		snprintf(text, sizeof(text), "-%s", strerrorname_np(-value));
	else
		snprintf(text, sizeof(text), "%ld", value);

	return text;
}

/* What failed, and its callers down to the module's init function. */
static void set_point(const struct fault *fault, const struct outcome *outcome)
{
	char *text = transcript.point, *stack = strdup(outcome->stack), *lines = stack, *line;
	size_t size = sizeof(transcript.point);
	bool first = true;

	if (fault->function)
		snprintf(text, size, "call %d of %s() returned %s", fault->n, fault->function, value_text(fault->value));
	else
		snprintf(text, size, "allocation %d failed", fault->n);
	while ((line = strsep(&lines, "\n"))) {
		if (!*line || !strncmp(line, "do_one_initcall+", 16))
			break;
		if (fault->function && !strchr(line, '['))
			continue;
		snprintf(text + strlen(text), size - strlen(text), "%s%s", first ? ", from " : " < ", line);
		first = false;
	}
	free(stack);
}

/* --- a load with a fault -------------------------------------------------------------- */

int load_with_fault(const struct fault *fault, struct outcome *outcome)
{
	int error;

	if (fault->function)
		note("# call %d of %s() returns %s\n", fault->n, fault->function, value_text(fault->value));
	else
		note("# allocation %d fails\n", fault->n);
	helper_fail(fault);
	error = load_and_read(outcome);
	if (outcome->hit)
		set_point(fault, outcome);
	if (outcome->ran)
		note("# init returned %d\n", outcome->returned);

	return error;
}

static void again(const void *data)
{
	struct outcome outcome;

	if (!load_with_fault(data, &outcome))
		unload_subject();
}

static void fail_once(const void *data)
{
	struct outcome outcome;
	int error;

	log_begin();
	error = load_with_fault(data, &outcome);
	if (!error && subject->permanent)
		skip("it is loaded now, and cannot be unloaded");
	if (!error)
		unload_subject();
	if (!outcome.hit)
		skip("init did not come to this point");
	must_return_well(&outcome);
	must(!outcome.undone, "init called %s(), though there was nothing to undo",
	     ((const struct fault *)data)->undo);
	must_be_clean();
	if (subject->permanent)
		return;
	must_still_work();
	must_keep_memory(again, data);
	log_must_be_sound();
}

/* A permanent module is loaded for good by a load that does not fail. */
static bool is_loaded(void)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s", subject->name);

	return subject->permanent && exists(path);
}

/* --- V2 -------------------------------------------------------------------------------- */

static bool has_allocation(int n)
{
	return subject->permanent ? n <= ALLOCATIONS_MAX && !is_loaded() : n <= usual.allocations;
}

static bool is_like_others(int n)
{
	return n < (int)ARRAY_SIZE(usual.alike) && usual.alike[n];
}

static void each_allocation(void)
{
	struct fault fault = { .n = 1 };
	int left_out = 0;
	char what[16];

	for (; has_allocation(fault.n); fault.n++) {
		/* --only may name it: then it is tried. */
		if (is_like_others(fault.n) && !*only) {
			left_out++;
			continue;
		}
		snprintf(what, sizeof(what), "%d", fault.n);
		run_case(what, fail_once, &fault);
	}
	if (left_out)
		leave_out("more", "%d more allocations with the same callers as three others", left_out);
}

void fail_allocations(void)
{
	if (!usual.has_init)
		does_not_apply("it has no init function");
	else if (!subject->permanent && !usual.allocations)
		does_not_apply("init allocates nothing");
	else
		each_allocation();
}

/* --- V3 -------------------------------------------------------------------------------- */

/**
 * struct call - a function that init or exit may call
 * @function: its name
 * @can_fail: it is made to fail
 * @raced_only: it allocates. All of the kernel calls it all the time, so only race() puts a probe on it
 * @value: what it returns then
 * @reason: why it is left out, "" if it cannot fail
 * @undo: the function that undoes it, or ""
 * @undo_same: it does so only if its first argument is the same
 * @count: how often init calls it; -1 if the kernel allows no probe
 */
struct call {
	char function[128];
	bool can_fail, raced_only;
	long value;
	char reason[128], undo[128];
	bool undo_same;
	int count;
};

static struct call calls[1024];
static int call_count;

/*
 * A line of the host's list: FUNCTION VALUE [UNDO SAME], or FUNCTION "-" [REASON], separated by tabs.
 * "=" before VALUE marks a function that only race() makes fail. See calls.py.
 */
static void read_call(char *line, struct call *call)
{
	char *function = strsep(&line, "\t"), *value = strsep(&line, "\t"), *rest = strsep(&line, "\t");

	memset(call, 0, sizeof(*call));
	call->count = -1;
	snprintf(call->function, sizeof(call->function), "%s", function);
	call->can_fail = value && strcmp(value, "-");
	call->raced_only = value && *value == '=';
	if (call->can_fail)
		call->value = atol(value + call->raced_only);
	snprintf(call->can_fail ? call->undo : call->reason, sizeof(call->undo), "%s", rest ?: "");
	call->undo_same = line && *line == '1';
}

static void read_calls(void)
{
	char path[128], line[512];
	FILE *file;

	call_count = 0;
	snprintf(path, sizeof(path), "/vet/calls/%s", subject->name);
	file = fopen(path, "re");
	must(file, "%s: %m", path);
	while (call_count < (int)ARRAY_SIZE(calls) && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		read_call(line, &calls[call_count++]);
	}
	fclose(file);
}

/* Counts the calls. Of a permanent module it is not known: one of each is tried. */
static void count_calls(const void *data)
{
	const bool *raced = data;
	int i;

	read_calls();
	for (i = 0; i < call_count; i++)
		if (calls[i].raced_only <= *raced && helper_probe(calls[i].function))
			calls[i].count = subject->permanent;
	if (subject->permanent)
		return;
	must_still_work();
	for (i = 0; i < call_count; i++) {
		if (calls[i].count == 0)
			calls[i].count = calls_of(calls[i].function);
		note("%s: %d\n", calls[i].function, calls[i].count);
	}
}

int probe_calls(bool raced)
{
	int i, made = 0;

	run_always("calls", count_calls, &raced);
	for (i = 0; i < call_count; i++)
		made += calls[i].count > 0 ? calls[i].count : 0;

	return made;
}

void each_call(void (*each)(const struct fault *fault))
{
	int i, n;

	for (i = 0; i < call_count && !is_loaded(); i++)
		for (n = 1; calls[i].can_fail && n <= calls[i].count && n <= CALLS_MAX; n++) {
			const struct fault fault = {
				.function = calls[i].function, .n = n, .value = calls[i].value,
				/* An earlier call of it may have to be undone, if any argument counts. */
				.undo = calls[i].undo_same || n == 1 ? calls[i].undo : "",
				.undo_same = calls[i].undo_same,
			};

			each(&fault);
		}
}

static void call_case(const struct fault *fault)
{
	char what[160];

	snprintf(what, sizeof(what), "%s:%d", fault->function, fault->n);
	run_case(what, fail_once, fault);
}

void fail_calls(void)
{
	char what[160];
	int i, count = 0;

	if (!usual.has_init) {
		does_not_apply("it has no init function");
		return;
	}
	probe_calls(false);
	each_call(call_case);
	for (i = 0; i < call_count; i++) {
		count += calls[i].can_fail && calls[i].count > 0;
		snprintf(what, sizeof(what), "%.120s:more", calls[i].function);
		if (calls[i].can_fail && calls[i].count < 0 && !calls[i].raced_only)
			leave_out(what, "the kernel allows no probe there");
		else if (*calls[i].reason && calls[i].count)
			leave_out(what, "init calls it, but %s", calls[i].reason);
		else if (calls[i].can_fail && calls[i].count > CALLS_MAX)
			leave_out(what, "%d more calls of it", calls[i].count - CALLS_MAX);
	}
	if (!count)
		does_not_apply("init calls no function of the list that can fail");
}
