// SPDX-License-Identifier: GPL-2.0-only
/* The claims where the driver is built in: init runs at boot, with parameters from the command line. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "experiments.h"

/* What initcall_debug shows of an init function; um finds no names for its init code. */
static const char *find_initcall(const char *function)
{
	unsigned long address;
	const char *line;
	char text[64];

	snprintf(text, sizeof(text), "initcall %s+", function);
	line = log_find(text);
	if (line || !symbol(function, NULL, &address))
		return line;
	snprintf(text, sizeof(text), "initcall 0x%lx ", address);

	return log_find(text);
}

static void must_have_returned(const char *function, int expected)
{
	const char *line = find_initcall(function);
	int value;

	must(line, "initcall_debug does not show %s", function);
	line = strstr(line, " returned ");
	must(line && sscanf(line, " returned %d", &value) == 1,
	     "initcall_debug does not say what %s returned", function);
	must(value == expected, "%s returned %d, not %d", function, value, expected);
}

static void must_live(void)
{
	int fd;

	if (variant & NOMODULES)
		return;		/* there is no hi, and hi_fail publishes nothing */
	fd = open_device();
	must_record(fd);
	close(fd);
}

static void loaded_at_boot(void)
{
	log_from_boot();
	if (variant & NOMODULES)
		log_must_be("hi_fail", "module being loaded", FAIL_STEPS_DONE, NULL);
	else
		log_must_be("hi", "module being loaded", STEPS_DONE, NULL);
	must(exists("/sys/module/hi_fail"), "there is no /sys/module/hi_fail");
	must(exists("/sys/module/hi") == !(variant & NOMODULES), "/sys/module/hi is there, or is not");
	must_live();
}

/* hi_bare is built in only where there are no modules. */
static void from_command_line(void)
{
	const char *path = variant & NOMODULES ? "/sys/module/hi_fail/parameters/fail_at" : "/sys/module/hi/parameters/depth";

	must(strstr(content("/proc/cmdline"), "hi.depth=16"), "the command line has no hi.depth=16");
	if (variant & NOMODULES)
		must_contain("/sys/module/hi_bare/parameters/number", "16");
	else
		must_contain(path, "16");
	must_contain("/sys/module/hi_fail/parameters/init_return", "0");
	must(open(path, O_WRONLY) == -1, "%s can be written", path);
}

/* Of an init function that fails at boot, the parameters are there. */
static void must_have_failed(const char *driver, int error)
{
	char text[64];

	snprintf(text, sizeof(text), "%s_init", driver);
	must_have_returned(text, error);
	snprintf(text, sizeof(text), "/sys/module/%s/parameters", driver);
	must(exists(text), "%s is not there", text);
}

static void minus_one(void)
{
	log_from_boot();
	log_must_be("hi_fail", "module being loaded", FAIL_STEPS_DONE, FAIL_STEPS_UNDONE, NULL);
	must_have_failed("hi_fail", -EPERM);
}

static void minus_five(void)
{
	log_from_boot();
	log_must_be("hi_fail", "module being loaded", FAIL_STEPS_DONE, FAIL_STEPS_UNDONE, NULL);
	must_have_failed("hi_fail", -EIO);
}

static void fail_at_first(void)
{
	log_from_boot();
	log_must_be("hi_fail", "module being loaded", NULL);
	must_have_failed("hi_fail", -ENOMEM);
}

static void fail_at_second(void)
{
	log_from_boot();
	log_must_be("hi_fail", "module being loaded", "buffer allocated", "buffer freed", NULL);
	must_have_failed("hi_fail", -EBUSY);
}

static void fail_at_third(void)
{
	log_from_boot();
	log_must_be("hi_fail", "module being loaded", "buffer allocated", "notifier registered",
		    "notifier unregistered", "buffer freed", NULL);
	must_have_failed("hi_fail", -ENOMEM);
}

static void cleanup_fails(void)
{
	log_from_boot();
	log_must_be("hi_cleanup", "module being loaded", "region registered", "workqueue allocated",
		    "workqueue destroyed", "region unregistered", NULL);
	must(find_initcall("hi_cleanup_init"), "initcall_debug does not show hi_cleanup_init");
	must(!strstr(content("/proc/devices"), " hi_cleanup"), "/proc/devices has hi_cleanup");
}

static void positive_is_silent(void)
{
	log_from_boot();
	log_must_be("hi_fail", "module being loaded", FAIL_STEPS_DONE, NULL);
	log_must_not_say("suspiciously");
	log_must_not_say("returned 42");
}

static void positive_is_seen(void)
{
	log_from_boot();
	must_have_returned("hi_fail_init", 42);
	log_must_not_say("suspiciously");
}

static void bad_values(void)
{
	log_from_boot();
	log_must_be("hi_fail", "module being loaded",
		    "fail_at must be buffer, notifier or workqueue, not nothing", NULL);
	must_have_failed("hi_fail", -EINVAL);
	if (variant & NOMODULES)
		return;
	log_from_boot();
	log_must_be("hi", "module being loaded", "depth must be 1 to 65536, not 0", NULL);
	must_have_failed("hi", -EINVAL);
	must(!exists("/dev/hi") && !exists("/sys/class/misc/hi"), "/dev/hi is there");
	must(!strstr(content("/proc/misc"), " hi"), "/proc/misc has hi");
}

/* --- built in, and inserted as well --------------------------------------- */

static void inserted_with_parameters(void)
{
	must(exists("/sys/module/hi"), "hi is not built in: there is no /sys/module/hi");
	load("hi", "", -EINVAL);
	log_must_say("hi: module is already loaded");
	log_must_be("hi", "module is already loaded", NULL);
	command(1, "insmod /modules/hi.ko");
	command_must_say("Invalid parameters");
	must_live();
}

static int regions(void)
{
	const char *place = content("/proc/devices");
	int count = 0;

	while ((place = strstr(place, " hi_permanent\n"))) {
		place++;
		count++;
	}

	return count;
}

static void inserted_without_parameters(void)
{
	stays("hi_permanent");
	must(!exists("/sys/module/hi_permanent"), "there is a /sys/module/hi_permanent");
	must(regions() == 1, "hi_permanent is not built in: %d lines in /proc/devices", regions());
	load("hi_permanent", "", 0);
	log_must_be("hi_permanent", "module being loaded", NULL);
	must_be_listed("hi_permanent", "Live");
	must(regions() == 2, "hi_permanent did not run twice: %d lines in /proc/devices", regions());
}

const struct experiment builtin[] = {
	{ "at-boot", "C1", BUILT_IN, "init runs at boot, and says so", loaded_at_boot },
	{ "at-boot", "C14", BUILT_IN, "a parameter on the kernel's command line", from_command_line },
	{ "at-boot", "C17", BUILTIN, "hi is built in and inserted: EINVAL, for it has parameters", inserted_with_parameters },
	{ "at-boot", "C17", BUILTIN, "hi_permanent is built in and inserted: there twice", inserted_without_parameters },
	{ "minus-one", "C3", BUILT_IN, "init returns -1 at boot: all undone", minus_one },
	{ "minus-five", "C4", BUILT_IN, "init returns -5 at boot: all undone", minus_five },
	{ "fail-first", "C5", BUILT_IN, "the first step fails at boot: nothing to undo", fail_at_first },
	{ "fail-second", "C5", BUILT_IN, "the second step fails at boot: the first is undone", fail_at_second },
	{ "fail-third", "C5", BUILT_IN, "the third step fails at boot: the second and the first are undone", fail_at_third },
	{ "fail-first", "C6", BUILT_IN, "hi_cleanup fails at boot: cleanup undoes what was done", cleanup_fails },
	{ "positive", "C10", BUILT_IN, "init returns 42 at boot: nothing is said, and nothing is undone", positive_is_silent },
	{ "positive-seen", "C10", BUILT_IN, "init returns 42 at boot: initcall_debug shows it", positive_is_seen },
	{ "bad-values", "C14", BUILT_IN, "a bad value on the command line: the message, and EINVAL", bad_values },
	{ },
};
