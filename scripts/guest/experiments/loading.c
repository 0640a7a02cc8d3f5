// SPDX-License-Identifier: GPL-2.0-only
/* C1, C2, C10: a module is loaded, and unloaded where that is possible. */

#include <errno.h>

#include "experiments.h"

static void load_and_unload(void)
{
	command(0, "insmod /modules/hi.ko");
	log_must_be("hi", "module being loaded", NULL);
	must_be_listed("hi", "Live");
	command(0, "lsmod");
	command_must_say("\nhi ");
	load("hi", "", -EEXIST);
	must_work();

	command(0, "rmmod hi");
	log_must_be("hi", "module being unloaded", NULL);
	must_be_absent();
}

static void load_and_stay(void)
{
	stays("hi");
	command(0, "insmod /modules/hi.ko");
	log_must_be("hi", "module being loaded", NULL);
	must_be_listed("hi", "Live");
	must_work();

	unload("hi", -ENOSYS);
	log_must_be("hi", NULL);
	must_be_listed("hi", "Live");
}

/* The largest log, so that one that is not freed shows in what is used. */
static void undo_in_reverse(void)
{
	int i;

	for (i = 0; i < 3; i++) {
		load("hi", "dyndbg=+p depth=65536", 0);
		log_must_be("hi", "module being loaded", STEPS_DONE, NULL);
		must_work();
		unload("hi", 0);
		log_must_be("hi", "module being unloaded", STEPS_UNDONE, NULL);
		must_be_absent();
		/* A notifier that is left would be called for these, and is gone. */
		load("failing", "", -ENODEV);
	}
}

static void load_with_42(void)
{
	load("hi_fail", "dyndbg=+p init_return=42", 0);
	if (changed("positive")) {
		log_must_be("hi_fail", "module being loaded", FAIL_STEPS_DONE,
			    "init suspiciously returned 42, it should follow 0/-E convention", NULL);
		log_must_not_say("loading module anyway");
		log_must_not_say("Call Trace");
	} else {
		log_must_be("hi_fail", "module being loaded", FAIL_STEPS_DONE, NULL);
		log_must_say("'hi_fail'->init suspiciously returned 42, it should follow 0/-E convention");
		log_must_say("loading module anyway");
		log_must_say("Call Trace");
	}
	must_be_listed("hi_fail", "Live");
	must_contain("/sys/module/hi_fail/initstate", "live");
}

static void positive(void)
{
	load_with_42();
	unload("hi_fail", 0);
	log_must_be("hi_fail", "module being unloaded", FAIL_STEPS_UNDONE, NULL);
	must_not_be_listed("hi_fail");
}

static void positive_and_stay(void)
{
	stays("hi_fail");
	load_with_42();
}

const struct experiment loading[] = {
	{ "main", "C1", UNLOADABLE, "insmod runs init, rmmod runs exit, and both say so", load_and_unload },
	{ "main", "C2", UNLOADABLE, "exit undoes in reverse order what init did, three times over", undo_in_reverse },
	{ "main", "C10", UNLOADABLE, "init returns 42: the kernel warns, the module is live and unloads", positive },
	{ "stay", "C1", NOUNLOAD, "insmod runs init; exit never runs", load_and_stay },
	{ "stay-positive", "C10", NOUNLOAD, "init returns 42: the kernel warns, the module is live", positive_and_stay },
	{ },
};
