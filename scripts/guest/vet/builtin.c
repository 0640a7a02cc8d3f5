// SPDX-License-Identifier: GPL-2.0-only
/* V8: the modules are part of this kernel. All that they did is in its log, from its first line on. */

#include <stdio.h>
#include <string.h>

#include "vet.h"

static void booted(const void *data)
{
	(void)data;
	log_begin();
	log_from_boot();
	/* It introduces itself. */
	log_may_say("Kernel memory leak detector");
	log_must_be_sound();
}

void look_at_boot(void)
{
	run_case("boot", booted, NULL);
}

/* By initcall_debug, do_trace_initcall_finish() in init/main.c: "initcall FUNCTION+0x0/0x99 returned 0 after 9 usecs". */
static void called(const void *data)
{
	struct outcome outcome = { .ran = true };
	const char *line, *result;
	char start[160];

	(void)data;
	log_begin();
	log_from_boot();
	snprintf(start, sizeof(start), "initcall %s+", subject->init);
	line = log_find(start);
	must(line, "the kernel did not call %s() when it booted", subject->init);
	result = strstr(line, " returned ");
	must(result && sscanf(result, " returned %d", &outcome.returned) == 1, "no result in '%s'", line);
	must_return_well(&outcome);
}

void look_at_init(void)
{
	if (*subject->init)
		run_case("init", called, NULL);
	else
		does_not_apply("it has no init function");
}
