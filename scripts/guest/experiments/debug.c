// SPDX-License-Identifier: GPL-2.0-only
/* C2, C5 in a kernel that looks for leaks and makes allocations fail. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "experiments.h"

#define TAINT_WARN 9

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	must(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "%s: %m", path);
	close(fd);
}

/* After all that was loaded and unloaded in this boot: none of it lost memory. */
static void no_leak(void)
{
	static const char path[] = "/sys/kernel/debug/kmemleak";
	const char *report;

	load("hi", "", 0);
	unload("hi", 0);
	sleep(6);		/* what is younger than five seconds is no leak yet */
	write_file(path, "scan");
	write_file(path, "scan");
	report = content(path);
	note("# cat %s\n%s\n", path, report);
	must(!*report, "kmemleak: %s", report);
}

/*
 * Loads hi with its Nth allocation failing. False where it has not as many. Between the
 * two accesses to fail-nth there is but one system call, so that no other is hit.
 */
static bool load_with_failing(int n, int *failed)
{
	static const char path[] = "/proc/thread-self/fail-nth";
	int module = open_module("hi"), control = open(path, O_RDWR | O_CLOEXEC), error;
	char left[16] = "", text[16];

	must(control >= 0, "%s: %m", path);
	snprintf(text, sizeof(text), "%d", n);
	must(pwrite(control, text, strlen(text), 0) > 0, "%s: %m", path);
	error = syscall(SYS_finit_module, module, "", 0) ? errno : 0;
	must(pread(control, left, sizeof(left) - 1, 0) > 0, "%s: %m", path);
	must(pwrite(control, "0", 1, 0) > 0, "%s: %m", path);
	close(control);
	close(module);

	note("finit_module(hi) with allocation %d failing: %s\n", n, error ? strerror(error) : "loaded");
	if (error) {
		must(!atoi(left), "loading hi failed by itself: %s", error ? strerror(error) : "loaded");
		must_be_absent();
		*failed += 1;
	} else {
		must_be_listed("hi", "Live");
		unload("hi", 0);
	}

	return !atoi(left);
}

static void failing_allocations(void)
{
	int n = 1, failed = 0;

	/* Linux 6.12 warns where it has no memory for a module's debug messages. */
	log_may_say("ddebug_module_notify");
	write_file("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	write_file("/sys/kernel/debug/failslab/verbose", "0");
	while (load_with_failing(n, &failed))
		n++;
	if (log_find("ddebug_module_notify"))
		taints(TAINT_WARN);
	note("of %d allocations, %d made the load fail\n", n - 1, failed);
	must(failed > 10, "only %d failing allocations made the load fail", failed);
	load("hi", "", 0);
	must_work();
	unload("hi", 0);
}

const struct experiment debug[] = {
	{ "faults", "C5", DEBUG, "each allocation of a load fails in turn: nothing stays behind", failing_allocations },
	{ "main", "C2 C5", DEBUG, "kmemleak finds nothing", no_leak },
	{ },
};
