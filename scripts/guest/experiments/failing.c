// SPDX-License-Identifier: GPL-2.0-only
/* C3 to C6: init fails, and undoes what it did. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "experiments.h"

/* The errors of include/uapi/asm-generic/errno-base.h */
#define ERRNO_BASE_MAX 34

/* Where modules go, the next load must work, and what it does be undone. */
static void next_load_must_work(void)
{
	if (variant & NOUNLOAD)
		return;
	load("hi", "", 0);
	must_work();
	unload("hi", 0);
	must_be_absent();
}

static void minus_one(void)
{
	load("hi", "init_return=-1", -EPERM);
	log_must_be("hi", "module being loaded", NULL);
	must_be_absent();
	command(1, "insmod /modules/hi.ko init_return=-1");
	command_must_say("Operation not permitted");
	log_must_be("hi", "module being loaded", NULL);
	must_be_absent();
	command(0, "lsmod");
	must(!strstr(command_output, "\nhi "), "lsmod lists hi");
	next_load_must_work();
}

/* What kmod makes of an errno; some of them it takes for the kernel's own errors. */
static const char *kmod_text(int error)
{
	switch (error) {
	case ENOEXEC:	return "Invalid module format";
	case ENOENT:	return "Unknown symbol in module";
	case ESRCH:	return "Module has wrong symbol version";
	case EINVAL:	return "Invalid parameters";
	default:	return strerror(error);
	}
}

/* The kernel's own EEXIST says that the module is loaded already. */
static int seen_by_caller(int error)
{
	return error == EEXIST && changed("eexist") ? EBUSY : error;
}

static void each_errno(void)
{
	char parameters[32];
	int error;

	for (error = 1; error <= ERRNO_BASE_MAX; error++) {
		snprintf(parameters, sizeof(parameters), "init_return=-%d", error);
		load("hi", parameters, -seen_by_caller(error));
		/* With KASAN each program takes a third of a second, and says the same. */
		if (!(variant & DEBUG)) {
			command(1, "insmod /modules/hi.ko %s", parameters);
			command_must_say(kmod_text(seen_by_caller(error)));
		}
		must_be_absent();
	}
	next_load_must_work();
}

/*
 * A step that fails; its error is what the caller gets: its own, or the one that
 * was asked for. The largest log, so that one that is not freed shows.
 */
#define AT(step)	"dyndbg=+p depth=65536 fail_at=" step
#define TWICE(step, ...)						\
	do {								\
		load("hi", AT(step), -ENOMEM);				\
		log_must_be("hi", "module being loaded", ##__VA_ARGS__, NULL);	\
		must_be_absent();					\
		load("hi", AT(step) " init_return=-5", -EIO);		\
		log_must_be("hi", "module being loaded", ##__VA_ARGS__, NULL);	\
		must_be_absent();					\
		load("failing", "", -ENODEV);				\
	} while (0)

static void fail_at_log(void)
{
	TWICE("log");
	next_load_must_work();
}

static void fail_at_notifier(void)
{
	TWICE("notifier", "log allocated", "log freed");
	next_load_must_work();
}

static void fail_at_device(void)
{
	TWICE("device", "log allocated", "notifier registered", "notifier unregistered", "log freed");
	next_load_must_work();
}

static void fail_at_last(void)
{
	load("hi", "dyndbg=+p depth=65536 init_return=-5", -EIO);
	log_must_be("hi", "module being loaded", STEPS_DONE, STEPS_UNDONE, NULL);
	must_be_absent();
	load("failing", "", -ENODEV);
	next_load_must_work();
}

/* Each step fails in turn. */
static void cleanup_shared(void)
{
	load("hi_cleanup", "dyndbg=+p fail_at=region", -ENOMEM);
	log_must_be("hi_cleanup", "module being loaded", NULL);
	must_not_be_listed("hi_cleanup");

	load("hi_cleanup", "dyndbg=+p fail_at=kobject", -ENOMEM);
	log_must_be("hi_cleanup", "module being loaded", "region registered",
		    "region unregistered", NULL);
	must_not_be_listed("hi_cleanup");

	load("hi_cleanup", "dyndbg=+p fail_at=notifier", -ENOMEM);
	log_must_be("hi_cleanup", "module being loaded", "region registered", "kobject added",
		    "kobject removed", "region unregistered", NULL);
	must_not_be_listed("hi_cleanup");
	must(!exists("/sys/kernel/hi_cleanup"), "/sys/kernel/hi_cleanup is there");
}

static void cleanup_by_exit(void)
{
	load("hi_cleanup", "dyndbg=+p", 0);
	log_must_be("hi_cleanup", "module being loaded", "region registered", "kobject added",
		    "notifier registered", NULL);
	must(exists("/sys/kernel/hi_cleanup"), "/sys/kernel/hi_cleanup is not there");
	must(strstr(content("/proc/devices"), " hi_cleanup"), "/proc/devices has no hi_cleanup");
	unload("hi_cleanup", 0);
	log_must_be("hi_cleanup", "module being unloaded", "notifier unregistered",
		    "kobject removed", "region unregistered", NULL);
	must_not_be_listed("hi_cleanup");
}

const struct experiment failing[] = {
	{ "main", "C3", LOADABLE, "init returns -1: Operation not permitted, not listed", minus_one },
	{ "main", "C4", LOADABLE & ~DEBUG, "init returns each errno of errno-base.h, and insmod prints its text", each_errno },
	{ "faults-rest", "C4", DEBUG, "init returns each errno of errno-base.h", each_errno },
	{ "main", "C5", LOADABLE, "the log's allocation fails: nothing to undo", fail_at_log },
	{ "main", "C5", LOADABLE, "the notifier's registration fails: the log is undone", fail_at_notifier },
	{ "main", "C5", LOADABLE, "the device's registration fails: notifier and log are undone", fail_at_device },
	{ "main", "C5", LOADABLE, "init fails after all steps: all are undone", fail_at_last },
	{ "main", "C6", LOADABLE, "hi_cleanup fails at each step: cleanup undoes what was done", cleanup_shared },
	{ "main", "C6", UNLOADABLE, "hi_cleanup unloads: the same cleanup undoes all", cleanup_by_exit },
	{ },
};
