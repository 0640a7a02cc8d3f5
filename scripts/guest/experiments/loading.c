// SPDX-License-Identifier: GPL-2.0-only
/* C1, C2, C10: a module comes, and where it can it goes. */

#include <errno.h>

#include "experiments.h"

static void come_and_go(void)
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

static void come_and_stay(void)
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
	load("hi", "init_return=42", 0);
	if (changed("positive")) {
		log_must_say("hi: init suspiciously returned 42, it should follow 0/-E convention");
		log_must_not_say("loading module anyway");
		log_must_not_say("Call Trace");
	} else {
		log_must_say("'hi'->init suspiciously returned 42, it should follow 0/-E convention");
		log_must_say("loading module anyway");
		log_must_say("Call Trace");
	}
	must_be_listed("hi", "Live");
	must_contain("/sys/module/hi/initstate", "live");
	must_work();
}

static void positive(void)
{
	load_with_42();
	unload("hi", 0);
	must_be_absent();
}

static void positive_and_stay(void)
{
	stays("hi");
	load_with_42();
}

const struct experiment loading[] = {
	{ "main", "C1", UNLOADABLE, "insmod runs init, rmmod runs exit, and both say so", come_and_go },
	{ "main", "C2", UNLOADABLE, "exit undoes in reverse order what init did, three times over", undo_in_reverse },
	{ "main", "C10", UNLOADABLE, "init returns 42: the kernel warns, the module is live, works, unloads", positive },
	{ "stay", "C1", NOUNLOAD, "insmod runs init; exit never runs", come_and_stay },
	{ "stay-positive", "C10", NOUNLOAD, "init returns 42: the kernel warns, the module is live, works", positive_and_stay },
	{ },
};
