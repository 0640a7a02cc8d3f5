// SPDX-License-Identifier: GPL-2.0-only
/* C11, C12, C13, C15: which modules can be unloaded, and which cannot. */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "experiments.h"

#define TAINT_FORCED_RMMOD 3

/* Loaded once and for all: another experiment may have done it. */
static void must_have_permanent(void)
{
	struct module_line line;

	stays("hi_permanent");
	if (!listed("hi_permanent", &line))
		load("hi_permanent", "", 0);
	must(listed("hi_permanent", &line), "hi_permanent is not in /proc/modules");
	must(line.permanent, "/proc/modules does not say [permanent], but: %s", line.users);
}

static void permanent(void)
{
	must_have_permanent();
	log_must_be("hi_permanent", "module being loaded", NULL);
	unload("hi_permanent", -EBUSY);
	command(1, "rmmod hi_permanent");
	command_must_say("Device or resource busy");
	must_be_listed("hi_permanent", "Live");
}

static void force_is_refused(void)
{
	int error;

	must_have_permanent();
	error = unload_with("hi_permanent", O_TRUNC);
	must(error == -EBUSY, "unloading by force: %d, not -EBUSY", error);
	must_be_listed("hi_permanent", "Live");
}

static void force_works(void)
{
	int error;

	must_have_permanent();
	must(!(taint() & 1 << TAINT_FORCED_RMMOD), "the kernel is tainted R already");
	taints(TAINT_FORCED_RMMOD);
	error = unload_with("hi_permanent", O_TRUNC);
	must(!error, "unloading by force: %d, not 0", error);
	must_not_be_listed("hi_permanent");
	must(taint() & 1 << TAINT_FORCED_RMMOD, "the kernel is not tainted R, but %ld", taint());
}

static void bare(void)
{
	struct module_line line;

	load("hi_bare", "number=5", 0);
	must(listed("hi_bare", &line), "hi_bare is not in /proc/modules");
	must(!line.permanent, "/proc/modules says [permanent]");
	must_contain("/sys/module/hi_bare/parameters/number", "5");
	must_contain("/sys/module/hi_bare/refcnt", "0");
	unload("hi_bare", 0);
	must_not_be_listed("hi_bare");
	log_must_be("hi_bare", NULL);
}

static void empty_exit(void)
{
	struct module_line line;

	load("empty_exit", "", 0);
	must(listed("empty_exit", &line), "empty_exit is not in /proc/modules");
	must(!line.permanent, "/proc/modules says [permanent]");
	unload("empty_exit", 0);
	must_not_be_listed("empty_exit");
}

static void open_file(void)
{
	int first, second;

	load("hi", "", 0);
	log_must_be("hi", "module being loaded", NULL);
	must_contain("/sys/module/hi/refcnt", "0");
	first = open_device();
	must_contain("/sys/module/hi/refcnt", "1");
	second = open_device();
	must_contain("/sys/module/hi/refcnt", "2");
	unload("hi", -EWOULDBLOCK);
	command(1, "rmmod hi");
	command_must_say("Module hi is in use");
	must_be_listed("hi", "Live");
	close(second);
	unload("hi", -EWOULDBLOCK);
	log_must_be("hi", NULL);

	must_record(first);
	close(first);
	must_contain("/sys/module/hi/refcnt", "0");
	must_work();
	unload("hi", 0);
	log_must_be("hi", "module being unloaded", NULL);
	must_be_absent();
}

static void needed_by_another(void)
{
	load("needing", "", -ENOENT);
	log_must_say("needing: Unknown symbol needed (err -2)");
	load("needed", "", 0);
	load("needing", "", 0);
	must_contain("/sys/module/needed/refcnt", "1");
	must(exists("/sys/module/needed/holders/needing"), "needed has no holder needing");
	unload("needed", -EWOULDBLOCK);
	command(1, "rmmod needed");
	command_must_say("Module needed is in use by: needing");
	unload("needing", 0);
	unload("needed", 0);
}

const struct experiment unloading[] = {
	{ "main", "C11", UNLOADABLE, "hi_permanent is [permanent], and unloading it fails", permanent },
	{ "main", "C12", USUAL, "without CONFIG_MODULE_FORCE_UNLOAD, force does not help", force_is_refused },
	{ "main", "C12", STOCK, "without CONFIG_MODULE_FORCE_UNLOAD, force does not help", force_is_refused, NO_FORCE_UNLOAD },
	{ "main", "C12", FORCED | STOCK, "forced unloading of hi_permanent works, and taints the kernel R", force_works, FORCE_UNLOAD },
	{ "main", "C13", UNLOADABLE, "hi_bare loads and unloads", bare },
	{ "main", "C13", UNLOADABLE, "a module with an empty exit function loads and unloads", empty_exit },
	{ "main", "C15", UNLOADABLE & ~DEBUG, "open files keep the module, and it works until the last is closed", open_file },
	{ "main", "C15", UNLOADABLE & ~DEBUG, "a module that another one needs stays", needed_by_another },
	{ "main-more", "C15", DEBUG, "open files keep the module, and it works until the last is closed", open_file },
	{ "main-more", "C15", DEBUG, "a module that another one needs stays", needed_by_another },
	{ },
};
