// SPDX-License-Identifier: GPL-2.0-only
/* C3 to C6: init fails, and undoes what it did. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "experiments.h"

/* The errors of include/uapi/asm-generic/errno-base.h */
#define ERRNO_BASE_MAX 34

/* Where modules can be unloaded, the next load must work, and unloading undo what it did. */
static void next_load_must_work(void)
{
	if (variant & NOUNLOAD)
		return;
	load("hi_fail", "dyndbg=+p", 0);
	log_must_be("hi_fail", "module being loaded", FAIL_STEPS_DONE, NULL);
	must_be_listed("hi_fail", "Live");
	unload("hi_fail", 0);
	log_must_be("hi_fail", "module being unloaded", FAIL_STEPS_UNDONE, NULL);
	must_not_be_listed("hi_fail");
}

static void minus_one(void)
{
	load("hi_fail", "init_return=-1", -EPERM);
	log_must_be("hi_fail", "module being loaded", NULL);
	must_not_be_listed("hi_fail");
	command(1, "insmod /modules/hi_fail.ko init_return=-1");
	command_must_say("Operation not permitted");
	log_must_be("hi_fail", "module being loaded", NULL);
	must_not_be_listed("hi_fail");
	command(0, "lsmod");
	must(!strstr(command_output, "\nhi_fail "), "lsmod lists hi_fail");
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
		load("hi_fail", parameters, -seen_by_caller(error));
		log_must_be("hi_fail", "module being loaded", NULL);
		/* With KASAN each program takes a third of a second, and says the same. */
		if (!(variant & DEBUG)) {
			command(1, "insmod /modules/hi_fail.ko %s", parameters);
			command_must_say(kmod_text(seen_by_caller(error)));
			log_must_be("hi_fail", "module being loaded", NULL);
		}
		must_not_be_listed("hi_fail");
	}
	next_load_must_work();
}

/*
 * A step fails, and the caller gets its error: the steps before it are undone, those
 * after it are never tried. What init would return in the end does not count then.
 */
#define FAIL_TWICE(step, error, ...)						\
	do {									\
		load("hi_fail", "dyndbg=+p fail_at=" step, error);		\
		log_must_be("hi_fail", "module being loaded", ##__VA_ARGS__, NULL);	\
		must_not_be_listed("hi_fail");					\
		load("hi_fail", "dyndbg=+p init_return=-5 fail_at=" step, error);	\
		log_must_be("hi_fail", "module being loaded", ##__VA_ARGS__, NULL);	\
		must_not_be_listed("hi_fail");					\
		next_load_must_work();						\
	} while (0)

static void fail_at_first(void)
{
	FAIL_TWICE("buffer", -ENOMEM);
}

static void fail_at_second(void)
{
	FAIL_TWICE("notifier", -EBUSY, "buffer allocated", "buffer freed");
}

static void fail_at_third(void)
{
	FAIL_TWICE("workqueue", -ENOMEM, "buffer allocated", "notifier registered",
		   "notifier unregistered", "buffer freed");
}

static void fail_after_all(void)
{
	load("hi_fail", "dyndbg=+p init_return=-5", -EIO);
	log_must_be("hi_fail", "module being loaded", FAIL_STEPS_DONE, FAIL_STEPS_UNDONE, NULL);
	must_not_be_listed("hi_fail");
	next_load_must_work();
}

/*
 * A step of hi itself fails: there is a device with its name already. The largest log, so
 * that one that is not freed shows.
 */
static void device_fails(void)
{
	int i;

	if (variant & NOUNLOAD) {
		stays("name_taken");
		stays("hi");	/* its device */
	}
	load("name_taken", "", 0);
	log_may_say("cannot create duplicate");
	for (i = 0; i < 2; i++) {
		load("hi", "dyndbg=+p depth=65536", -seen_by_caller(EEXIST));
		log_must_be("hi", "module being loaded", "log allocated", "notifier registered",
			    "notifier unregistered", "log freed", NULL);
		must_not_be_listed("hi");
		/* A notifier that is left would be called for this, and is gone. */
		load("failing", "", -ENODEV);
	}
	if (variant & NOUNLOAD)
		return;
	unload("name_taken", 0);
	load("hi", "", 0);
	must_work();
	unload("hi", 0);
	must_be_absent();
}

/* Each step fails in turn. */
static void cleanup_shared(void)
{
	load("hi_cleanup", "dyndbg=+p fail_at=region", -ENOMEM);
	log_must_be("hi_cleanup", "module being loaded", NULL);
	must_not_be_listed("hi_cleanup");

	load("hi_cleanup", "dyndbg=+p fail_at=workqueue", -ENOMEM);
	log_must_be("hi_cleanup", "module being loaded", "region registered",
		    "region unregistered", NULL);
	must_not_be_listed("hi_cleanup");

	load("hi_cleanup", "dyndbg=+p fail_at=notifier", -ENOMEM);
	log_must_be("hi_cleanup", "module being loaded", "region registered", "workqueue allocated",
		    "workqueue destroyed", "region unregistered", NULL);
	must_not_be_listed("hi_cleanup");
	must(!strstr(content("/proc/devices"), " hi_cleanup"), "/proc/devices has hi_cleanup");
}

static void cleanup_by_exit(void)
{
	load("hi_cleanup", "dyndbg=+p", 0);
	log_must_be("hi_cleanup", "module being loaded", "region registered", "workqueue allocated",
		    "notifier registered", NULL);
	must(strstr(content("/proc/devices"), " hi_cleanup"), "/proc/devices has no hi_cleanup");
	unload("hi_cleanup", 0);
	log_must_be("hi_cleanup", "module being unloaded", "notifier unregistered",
		    "workqueue destroyed", "region unregistered", NULL);
	must_not_be_listed("hi_cleanup");
}

const struct experiment failing[] = {
	{ "main", "C3", LOADABLE, "init returns -1: Operation not permitted, not listed", minus_one },
	{ "main", "C4", LOADABLE & ~DEBUG, "init returns each errno of errno-base.h, and insmod prints its text", each_errno },
	{ "faults-rest", "C4", DEBUG, "init returns each errno of errno-base.h", each_errno },
	{ "main", "C5", LOADABLE, "the first step fails: nothing to undo", fail_at_first },
	{ "main", "C5", LOADABLE, "the second step fails: the first is undone, the third never tried", fail_at_second },
	{ "main", "C5", LOADABLE, "the third step fails: the second and the first are undone", fail_at_third },
	{ "main", "C5", LOADABLE, "init fails after all steps: all are undone", fail_after_all },
	{ "main", "C5", UNLOADABLE, "hi cannot register its device: notifier and log are undone", device_fails },
	{ "name-taken", "C5", NOUNLOAD, "hi cannot register its device: notifier and log are undone", device_fails },
	{ "main", "C6", LOADABLE, "hi_cleanup fails at each step: cleanup undoes what was done", cleanup_shared },
	{ "main", "C6", UNLOADABLE, "hi_cleanup unloads: the same cleanup undoes all", cleanup_by_exit },
	{ },
};
