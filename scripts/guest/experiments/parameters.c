// SPDX-License-Identifier: GPL-2.0-only
/* C14: parameters of a module. For those of built-in code, see builtin.c. */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "experiments.h"

static void seen_by_modinfo(void)
{
	command(0, "modinfo -p /modules/hi.ko");
	command_must_say("depth:Number of events that the log holds");
	command_must_say("(uint)");
	command(0, "modinfo -p /modules/hi_fail.ko");
	command_must_say("init_return:Return value of init");
	command_must_say("(int)");
	command_must_say("fail_at:Step of init that fails");
	command_must_say("(charp)");
}

static void bad_values(void)
{
	load("hi", "depth=0", -EINVAL);
	log_must_be("hi", "module being loaded", "depth must be 1 to 65536, not 0", NULL);
	load("hi", "depth=65537", -EINVAL);
	log_must_be("hi", "module being loaded", "depth must be 1 to 65536, not 65537", NULL);
	load("hi_fail", "fail_at=nothing", -EINVAL);
	log_must_be("hi_fail", "module being loaded",
		    "fail_at must be buffer, notifier or workqueue, not nothing", NULL);
	load("hi_fail", "init_return=-4096", -EINVAL);
	log_must_be("hi_fail", "module being loaded", "init_return must be -4095 or more, not -4096", NULL);
	must_not_be_listed("hi_fail");
	load("hi", "depth=many", -EINVAL);
	log_must_say("`many' invalid for parameter `depth'");
	must_be_absent();
}

static void must_be_readable_only(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	note("open(\"%s\", O_WRONLY) = %d\n", path, fd);
	must(fd == -1, "%s can be written", path);
}

static void given_to_insmod(void)
{
	command(0, "insmod /modules/hi.ko depth=16 no_such=1");
	log_must_say("hi: unknown parameter 'no_such' ignored");
	must_contain("/sys/module/hi/parameters/depth", "16");
	must_be_readable_only("/sys/module/hi/parameters/depth");
	must_work();
	load("hi_fail", "fail_at=", 0);
	must_contain("/sys/module/hi_fail/parameters/fail_at", "");
	must_contain("/sys/module/hi_fail/parameters/init_return", "0");
}

static void given_and_forgotten(void)
{
	given_to_insmod();
	unload("hi_fail", 0);
	unload("hi", 0);
	must(!exists("/sys/module/hi/parameters"), "/sys/module/hi/parameters is there");
	load("hi", "", 0);
	must_contain("/sys/module/hi/parameters/depth", "256");
	unload("hi", 0);
}

static void given_and_kept(void)
{
	stays("hi");
	given_to_insmod();
}

const struct experiment parameters[] = {
	{ "main", "C14", LOADABLE & ~DEBUG, "modinfo lists the parameters and their types", seen_by_modinfo, KMOD },
	{ "main", "C14", LOADABLE & ~DEBUG, "bad values: EINVAL, and a message that says what is allowed", bad_values },
	{ "main", "C14", UNLOADABLE & ~DEBUG, "given to insmod, read in /sys, back to the default when loaded again", given_and_forgotten },
	{ "parameters", "C14", NOUNLOAD, "given to insmod, read in /sys", given_and_kept },
	{ "main-more", "C14", DEBUG, "modinfo lists the parameters and their types", seen_by_modinfo, KMOD },
	{ "main-more", "C14", DEBUG, "bad values: EINVAL, and a message that says what is allowed", bad_values },
	{ "main-more", "C14", DEBUG, "given to insmod, read in /sys, back to the default when loaded again", given_and_forgotten },
	{ },
};
