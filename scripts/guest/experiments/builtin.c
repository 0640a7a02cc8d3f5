// SPDX-License-Identifier: GPL-2.0-only
/* The claims where the driver is built in: it comes at boot, by the command line's orders. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "experiments.h"

/* What initcall_debug shows of an init routine; um finds no names for its init code. */
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

static void must_have_returned(int expected)
{
	const char *line = find_initcall("hi_init");
	int value;

	must(line, "initcall_debug does not show hi_init");
	line = strstr(line, " returned ");
	must(line && sscanf(line, " returned %d", &value) == 1,
	     "initcall_debug does not say what hi_init returned");
	must(value == expected, "hi_init returned %d, not %d", value, expected);
}

/* Nothing of what init registers is there; the parameters are, with or without init. */
static void must_have_failed(int error)
{
	must_have_returned(error);
	must(!exists("/dev/hi") && !exists("/sys/class/misc/hi"), "/dev/hi is there");
	must(!strstr(content("/proc/misc"), " hi"), "/proc/misc has hi");
	must(exists("/sys/module/hi/parameters"), "the parameters are not there");
}

/* A notifier that was left would be called now. */
static void let_another_come(void)
{
	if (variant & BUILTIN)
		load("failing", "", -ENODEV);
}

static void must_live(void)
{
	int fd = open_device();

	if (variant & BUILTIN)
		must_record(fd);
	close(fd);
}

static void came_at_boot(void)
{
	log_from_boot();
	log_must_be("hi", "module being loaded", STEPS_DONE, NULL);
	must(exists("/sys/module/hi"), "there is no /sys/module/hi");
	must_live();
}

static void from_command_line(void)
{
	must(strstr(content("/proc/cmdline"), "hi.depth=16"), "the command line has no hi.depth=16");
	must_contain("/sys/module/hi/parameters/depth", "16");
	must_contain("/sys/module/hi/parameters/init_return", "0");
	must(open("/sys/module/hi/parameters/depth", O_WRONLY) == -1, "depth can be written");
}

static void minus_one(void)
{
	log_from_boot();
	log_must_be("hi", "module being loaded", STEPS_DONE, STEPS_UNDONE, NULL);
	must_have_failed(-EPERM);
	let_another_come();
}

static void minus_five(void)
{
	log_from_boot();
	log_must_be("hi", "module being loaded", STEPS_DONE, STEPS_UNDONE, NULL);
	must_have_failed(-EIO);
	let_another_come();
}

static void fail_at_log(void)
{
	log_from_boot();
	log_must_be("hi", "module being loaded", NULL);
	must_have_failed(-ENOMEM);
	let_another_come();
}

static void fail_at_notifier(void)
{
	log_from_boot();
	log_must_be("hi", "module being loaded", "log allocated", "log freed", NULL);
	must_have_failed(-ENOMEM);
	let_another_come();
}

static void fail_at_device(void)
{
	log_from_boot();
	log_must_be("hi", "module being loaded", "log allocated", "notifier registered",
		    "notifier unregistered", "log freed", NULL);
	must_have_failed(-EXDEV);
	let_another_come();
}

static void cleanup_fails(void)
{
	log_from_boot();
	log_must_be("hi_cleanup", "module being loaded", "region registered", "kobject added",
		    "kobject removed", "region unregistered", NULL);
	must(find_initcall("hi_cleanup_init"), "initcall_debug does not show hi_cleanup_init");
	must(!exists("/sys/kernel/hi_cleanup"), "/sys/kernel/hi_cleanup is there");
	must(!strstr(content("/proc/devices"), " hi_cleanup"), "/proc/devices has hi_cleanup");
}

static void positive_is_silent(void)
{
	log_from_boot();
	log_must_be("hi", "module being loaded", NULL);
	log_must_not_say("suspiciously");
	log_must_not_say("returned 42");
	must_live();
}

static void positive_is_seen(void)
{
	log_from_boot();
	must_have_returned(42);
	log_must_not_say("suspiciously");
	must_live();
}

static void bad_depth(void)
{
	log_from_boot();
	log_must_be("hi", "module being loaded", "depth must be 1 to 65536, not 0", NULL);
	must_have_failed(-EINVAL);
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
	{ "at-boot", "C1", BUILT_IN, "init runs at boot, and says so", came_at_boot },
	{ "at-boot", "C14", BUILT_IN, "a parameter on the kernel's command line", from_command_line },
	{ "at-boot", "C17", BUILTIN, "hi is built in and inserted: EINVAL, for it has parameters", inserted_with_parameters },
	{ "at-boot", "C17", BUILTIN, "hi_permanent is built in and inserted: there twice", inserted_without_parameters },
	{ "minus-one", "C3", BUILT_IN, "init returns -1 at boot: all undone", minus_one },
	{ "minus-five", "C4", BUILT_IN, "init returns -5 at boot: all undone", minus_five },
	{ "fail-log", "C5", BUILT_IN, "the log's allocation fails at boot: nothing to undo", fail_at_log },
	{ "fail-notifier", "C5", BUILT_IN, "the notifier's registration fails at boot: the log is undone", fail_at_notifier },
	{ "fail-device", "C5", BUILT_IN, "the device's registration fails at boot: notifier and log are undone", fail_at_device },
	{ "fail-log", "C6", BUILT_IN, "hi_cleanup fails at boot: cleanup undoes what was done", cleanup_fails },
	{ "positive", "C10", BUILT_IN, "init returns 42 at boot: nothing is said, and it works", positive_is_silent },
	{ "positive-seen", "C10", BUILT_IN, "init returns 42 at boot: initcall_debug shows it", positive_is_seen },
	{ "bad-depth", "C14", BUILT_IN, "a bad value on the command line: the message, and EINVAL", bad_depth },
	{ },
};
