// SPDX-License-Identifier: GPL-2.0-only
/* C1, C7, C8: a module while it is loaded, and what becomes of the memory of init and exit code. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "experiments.h"

static bool has_symbol(const char *name, const char *module)
{
	unsigned long address;

	return symbol(name, module, &address);
}

/* Loads slow in a child, and returns when its init function runs. */
static pid_t begin_to_load_slow(void)
{
	struct module_line line;
	pid_t child = load_in_background("slow", "");
	int i;

	/* Of what is in there, the sections come last (mod_sysfs_setup() in kernel/module/sysfs.c). */
	for (i = 0; i < 5000 && !exists("/sys/module/slow/sections/.init.text"); i++)
		usleep(2000);
	must(listed("slow", &line), "slow is not in /proc/modules though its init should run");
	must(!strcmp(line.state, "Loading"), "slow is %s, not Loading", line.state);

	return child;
}

/* The exit status of a child that loads slow: 0, or the errno. */
static int error_of(pid_t child)
{
	int status;

	must(waitpid(child, &status, 0) == child && WIFEXITED(status), "slow was not loaded to the end");

	return WEXITSTATUS(status);
}

static void end_of_loading(pid_t child)
{
	int fd = open("/sys/module/slow/parameters/go", O_WRONLY | O_CLOEXEC);

	note("# echo 1 > /sys/module/slow/parameters/go\n");
	must(fd >= 0 && write(fd, "1", 1) == 1, "slow cannot be told to go on: %m");
	close(fd);
	must(!error_of(child), "slow could not be loaded");
	must_be_listed("slow", "Live");
}

/* The same file again while its init function runs. */
static void two_loads_of_a_file(void)
{
	pid_t first = begin_to_load_slow(), second = load_in_background("slow", "");
	int error, expected = changed("shared-load") ? 0 : EEXIST;

	/* It can only be seen that the second one waits; what it waits for must not come too early. */
	usleep(300000);
	must(!waitpid(second, NULL, WNOHANG), "the second load did not wait for the first");
	end_of_loading(first);
	error = error_of(second);
	must(error == expected, "the second load: %d, not %d", error, expected);
	must_be_listed("slow", "Live");
	unload("slow", 0);
	must_not_be_listed("slow");
}

/* A module that is being loaded, then live. The claims on both kinds of code. */
static void init_code_goes(void)
{
	pid_t child = begin_to_load_slow();
	const char *size = content("/sys/module/slow/initsize");

	note("# cat /sys/module/slow/initsize\n%s\n", size);
	must(atol(size) > 0, "slow has no init memory while its init runs");
	must(has_symbol("slow_init", "slow"), "slow_init is not there while it runs");
	must(has_symbol("slow_exit", "slow"), "slow_exit is not there during init");
	unload("slow", variant & NOUNLOAD ? -ENOSYS : -EBUSY);

	end_of_loading(child);
	must_contain("/sys/module/slow/initsize", "0");
	must(!has_symbol("slow_init", "slow"), "slow_init is still there");
}

static void exit_code_is_kept(void)
{
	load("slow", "go=1", 0);
	must(has_symbol("slow_exit", "slow"), "slow_exit is gone, and slow could be unloaded");
	unload("slow", 0);
}

static void init_code_goes_and_unload(void)
{
	init_code_goes();
	unload("slow", 0);
}

static void both_go(void)
{
	stays("slow");
	init_code_goes();
	must(!has_symbol("slow_exit", "slow"), "slow_exit is still there, and nothing will call it");
}

static void of_the_driver(void)
{
	load("hi", "", 0);
	must_contain("/sys/module/hi/initsize", "0");
	must(!has_symbol("hi_init", "hi"), "hi_init is still there");
	must(!has_symbol("hi_log_init", "hi"), "hi_log_init is still there");
	must(has_symbol("hi_read", "hi"), "hi_read is not there");
	must(exists("/sys/module/hi/sections/.exit.text"), "hi has no section .exit.text");
	must(has_symbol("hi_exit", "hi"), "hi_exit is gone, and hi could be unloaded");
	unload("hi", 0);
	log_must_be("hi", "module being loaded", "module being unloaded", NULL);
}

static void of_the_driver_that_stays(void)
{
	stays("hi");
	load("hi", "", 0);
	must_contain("/sys/module/hi/initsize", "0");
	must(!has_symbol("hi_init", "hi"), "hi_init is still there");
	must(has_symbol("hi_read", "hi"), "hi_read is not there");
	must(!has_symbol("hi_exit", "hi"), "hi_exit is still there, and nothing will call it");
}

/* The function lies where the kernel gave the memory back at the end of boot. */
static void must_lie_in_init_memory(const char *name)
{
	unsigned long begin, end, address;

	must(symbol("__init_begin", NULL, &begin) && symbol("__init_end", NULL, &end),
	     "the kernel does not say where its init memory lies");
	must(symbol(name, NULL, &address), "there is no %s", name);
	must(address >= begin && address < end, "%s lies at %lx, outside the init memory %lx-%lx",
	     name, address, begin, end);
}

/* What free_initmem() says; arm64 has words of its own. */
static bool freed_init_memory(void)
{
	log_from_boot();

	return log_find("Freeing unused kernel image (initmem) memory: ") ||
		log_find("Freeing unused kernel memory: ");
}

static void must_have_freed_init_memory(void)
{
	must(freed_init_memory(), "the kernel did not say that it freed its init memory");
}

/* function("init"): hi_init, or the same of what is built in in its place */
static const char *function(const char *kind)
{
	static char name[64];

	snprintf(name, sizeof(name), "%s_%s", built_in_driver(), kind);

	return name;
}

static void init_code_at_boot(void)
{
	must_lie_in_init_memory(function("init"));
	must_have_freed_init_memory();
}

static void must_not_have_run_exit(void)
{
	char text[64];

	snprintf(text, sizeof(text), "%s: module being unloaded", built_in_driver());
	log_from_boot();
	log_must_not_say(text);
	unload(built_in_driver(), variant & NOMODULES ? -ENOSYS : -ENOENT);
}

static void exit_code_is_freed(void)
{
	must_lie_in_init_memory(function("exit"));
	must_have_freed_init_memory();
	must_not_have_run_exit();
}

static void exit_code_is_discarded(void)
{
	must(has_symbol(function("init"), NULL), "there is no %s either", function("init"));
	must(!has_symbol(function("exit"), NULL), "there is a %s", function("exit"));
	must_not_have_run_exit();
}

/* Nobody says that the memory is freed, or the exit function does not lie there. */
static void exit_code_is_built_in_and_kept(void)
{
	unsigned long begin, end, address;

	must(symbol(function("exit"), NULL, &address), "there is no %s", function("exit"));
	must(symbol("__init_begin", NULL, &begin) && symbol("__init_end", NULL, &end),
	     "the kernel does not say where its init memory lies");
	must(address < begin || address >= end || !freed_init_memory(),
	     "%s lies at %lx, in the init memory %lx-%lx, which was freed", function("exit"), address, begin, end);
	must_not_have_run_exit();
}

const struct experiment memory[] = {
	{ "main", "C1", UNLOADABLE & ~DEBUG, "a file is loaded again while its init runs: the second load waits", two_loads_of_a_file },
	{ "main-more", "C1", DEBUG, "a file is loaded again while its init runs: the second load waits", two_loads_of_a_file },
	{ "main", "C7", UNLOADABLE & ~DEBUG, "init memory and init's symbol: there while init runs, then gone", init_code_goes_and_unload },
	{ "main", "C8", UNLOADABLE & ~DEBUG, "exit code stays, for unloading", exit_code_is_kept },
	{ "main", "C7 C8", UNLOADABLE & ~DEBUG, "the driver: init code gone, exit code kept", of_the_driver },
	{ "main-more", "C7", DEBUG, "init memory and init's symbol: there while init runs, then gone", init_code_goes_and_unload },
	{ "main-more", "C8", DEBUG, "exit code stays, for unloading", exit_code_is_kept },
	{ "main-more", "C7 C8", DEBUG, "the driver: init code gone, exit code kept", of_the_driver },
	{ "main", "C7 C8", NOUNLOAD, "init and exit code: there while init runs, then gone", both_go },
	{ "memory", "C7 C8", NOUNLOAD, "the driver: init and exit code gone", of_the_driver_that_stays },
	{ "at-boot", "C7", BUILT_IN, "the init function lies in the memory that was freed at the end of boot", init_code_at_boot, INIT_FREED },
	{ "at-boot", "C8 C16", BUILT_IN, "the exit function lies in the memory that was freed at the end of boot, and never ran", exit_code_is_freed, EXIT_FREED },
	{ "at-boot", "C8 C16", BUILT_IN, "there is no exit function: the linker discarded it", exit_code_is_discarded, EXIT_DISCARDED },
	{ "at-boot", "C16", BUILT_IN, "the exit function is kept for ever, and never ran", exit_code_is_built_in_and_kept, EXIT_KEPT },
	{ },
};
