// SPDX-License-Identifier: GPL-2.0-only
/* V1 and V9: loads and unloads without faults. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vet.h"

/* How often V1 loads and unloads a module. */
#define ROUNDS 20

/* --- V1 -------------------------------------------------------------------------- */

static void first(const void *data)
{
	(void)data;
	log_begin();
	must_be_clean();
}

static void one_round(const void *data)
{
	(void)data;
	must_still_work();
}

static void many(const void *data)
{
	int i;

	log_begin();
	for (i = 0; i < ROUNDS; i++)
		one_round(data);
	must_be_clean();
	must_keep_memory(one_round, data);
}

static void leak(const void *data)
{
	const char *report;

	(void)data;
	log_begin();
	report = find_leak();
	must(!report, "kmemleak: %s", report);
}

/* After all modules, for a scan takes long. It says where the memory was allocated. */
void find_leaks(void)
{
	if (has_kmemleak())
		run_case("kmemleak", leak, NULL);
	else
		leave_out("kmemleak", "kmemleak is off");
}

/* Nobody can unload a permanent module, so it is loaded once. */
static void stay(const void *data)
{
	struct module_line line;
	struct outcome outcome;
	int error;

	(void)data;
	log_begin();
	error = load_and_read(&outcome);
	must_return_well(&outcome);
	must(!error, "loading %s: %s", subject->name, name_of(error));
	must(listed(subject->name, &line) && line.permanent, "the kernel does not list it as permanent");
	log_must_be_sound();
}

void load_often(void)
{
	char what[32];

	if (subject->permanent) {
		run_case("stays", stay, NULL);
		leave_out("unload", "it has no exit function: the kernel never unloads it");
		return;
	}
	run_case("first", first, NULL);
	snprintf(what, sizeof(what), "%d", ROUNDS);
	run_case(what, many, NULL);
	if (usual.error)
		leave_out("unload", "init returns -%s by itself", name_of(usual.error));
}

/* --- V9 -------------------------------------------------------------------------- */

static void returns(const void *data)
{
	struct outcome outcome;
	int error;

	(void)data;
	log_begin();
	error = load_and_read(&outcome);
	if (!error && !subject->permanent)
		unload_subject();
	must_return_well(&outcome);
	if (!subject->permanent)
		must_be_clean();
}

static void twice(const void *data)
{
	int error;

	(void)data;
	log_begin();
	if (!subject->permanent)
		must(!load_subject(""), "it cannot be loaded");
	error = load_subject("");
	must(error == -EEXIST, "loading it a second time: %s, not EEXIST", name_of(error));
	if (subject->permanent)
		return;
	unload_subject();
	must_be_clean();
}

/* Right after a load that failed, and again after one that did not. */
static void after_failure(const void *data)
{
	const struct fault fault = { .n = usual.allocations };
	struct outcome outcome;
	int i, error;

	(void)data;
	log_begin();
	for (i = 0; i < 3; i++) {
		error = load_with_fault(&fault, &outcome);
		if (!error)
			unload_subject();
		must_still_work();
	}
	must_be_clean();
}

void load_twice(void)
{
	if (!usual.has_init)
		leave_out("return", "it has no init function");
	else
		run_case("return", returns, NULL);
	if (usual.error)
		leave_out("twice", "init returns -%s by itself", name_of(usual.error));
	else
		run_case("twice", twice, NULL);
	if (!usual.allocations)
		leave_out("after-failure", "no allocation of init can fail");
	else
		run_case("after-failure", after_failure, NULL);
}
