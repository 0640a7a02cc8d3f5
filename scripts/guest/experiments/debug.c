// SPDX-License-Identifier: GPL-2.0-only
/* C2, C5 in a kernel that looks for leaks and makes allocations fail. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

/* --- failing on request ------------------------------------------------------ */

/*
 * The Nth allocation, or copy to or from user space, that this task asks for from
 * now on fails: Documentation/fault-injection/fault-injection.rst. The file is
 * opened once: to open it takes allocations, too.
 */
static int fail_nth = -1;

static void open_fail_nth(void)
{
	static const char * const kinds[] = { "failslab", "fail_page_alloc", "fail_usercopy" };
	char path[64];
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/verbose", kinds[i]);
		write_file(path, "0");
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/ignore-gfp-wait", kinds[i]);
		if (exists(path))
			write_file(path, "N");
	}
	write_file("/sys/kernel/debug/fail_page_alloc/min-order", "0");
	if (fail_nth < 0)
		fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	must(fail_nth >= 0, "fail-nth: %m");
}

static void arm(int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", n);

	must(pwrite(fail_nth, text, length, 0) == length, "fail-nth: %m");
}

/* Whether something failed. If not, it may be what this copies that does. */
static bool disarm(void)
{
	char left = '1';
	bool hit = pread(fail_nth, &left, 1, 0) == 1 && left == '0';

	while (pwrite(fail_nth, "0", 1, 0) != 1)
		must(errno == EFAULT, "fail-nth: %m");

	return hit;
}

/* --- a sweep ------------------------------------------------------------------ */

/*
 * What init undoes, as its messages say. A label is reached when the message of
 * what it undoes is given by a load that fails.
 */
struct label {
	const char *message;
	int reached;
};

/**
 * struct sweep - something that is done with its Nth allocation failing, for N = 1, 2, …
 * @module: to be loaded
 * @parameters: for it
 * @expected: what the load returns by itself
 * @labels: of its init
 * @points: that failed
 * @errors: of those, how many made the load fail
 */
struct sweep {
	const char *module, *parameters;
	int expected;
	struct label labels[4];
	int points, errors;
};

static int load_with_failing(struct sweep *sweep, int n, bool *hit)
{
	int fd = open_module(sweep->module);
	long ret;

	arm(n);
	ret = syscall(SYS_finit_module, fd, sweep->parameters, 0);
	if (ret)
		ret = -errno;
	*hit = disarm();
	close(fd);

	return ret;
}

/* False where the load has not as many points. */
static bool fail_point(struct sweep *sweep, int n)
{
	int mark = log_mark(), error;
	struct label *label;
	bool hit;

	error = load_with_failing(sweep, n, &hit);
	if (!error)
		unload(sweep->module, 0);
	must(error == sweep->expected || (hit && (error == -ENOMEM || error == -EFAULT)),
	     "point %d: loading %s: %s", n, sweep->module, strerror(-error));
	must_not_be_listed(sweep->module);
	must(!exists("/dev/hi") && !strstr(content("/proc/devices"), " hi_cleanup"), "point %d: something is left", n);
	if (!hit)
		return false;
	sweep->points++;
	if (!error || error == sweep->expected)
		return true;
	sweep->errors++;
	for (label = sweep->labels; label->message; label++)
		label->reached += log_says_since(mark, label->message);

	return true;
}

static void sweep_load(struct sweep *sweep)
{
	struct label *label;
	int n = 1;

	open_fail_nth();
	load(sweep->module, sweep->parameters, sweep->expected);
	if (!sweep->expected)
		unload(sweep->module, 0);
	sweep->points = sweep->errors = 0;
	while (fail_point(sweep, n))
		n++;
	note("%s %s: %d points failed in turn, %d of them made the load fail\n", sweep->module,
	     sweep->parameters, sweep->points, sweep->errors);
	/* Linux 6.12 warns where it has no memory for a module's debug messages. */
	log_may_say("ddebug_module_notify");
	if (log_find("ddebug_module_notify"))
		taints(TAINT_WARN);
	must(sweep->errors > 10, "only %d points made the load fail", sweep->errors);
	for (label = sweep->labels; label->message; label++) {
		note("'%s' by %d of them\n", label->message, label->reached);
		must(label->reached, "no failing point led to '%s'", label->message);
	}
}

static void sweep_hi(void)
{
	static struct sweep sweep = {
		.module = "hi", .parameters = "dyndbg=+p",
		.labels = { { "hi: notifier unregistered", 0 }, { "hi: log freed", 0 } },
	};

	sweep_load(&sweep);
	load("hi", "", 0);
	must_work();
	unload("hi", 0);
}

/* The label that no failing allocation leads to: a load that fails after all steps passes it. */
static void sweep_last_label(void)
{
	int mark = log_mark();
	static struct sweep sweep = {
		.module = "hi_fail", .parameters = "dyndbg=+p init_return=-5", .expected = -EIO,
		.labels = { { "hi_fail: notifier unregistered", 0 }, { "hi_fail: buffer freed", 0 } },
	};

	sweep_load(&sweep);
	must(log_says_since(mark, "hi_fail: workqueue destroyed"), "the workqueue was not destroyed");
}

static void sweep_cleanup(void)
{
	static struct sweep sweep = {
		.module = "hi_cleanup", .parameters = "dyndbg=+p",
		.labels = { { "hi_cleanup: region unregistered", 0 } },
	};

	sweep_load(&sweep);
	load("hi_cleanup", "", 0);
	unload("hi_cleanup", 0);
}

/* Each point of opening and of reading fails in turn; no record is lost by that. */
static void sweep_device(void)
{
	char record[128], again[128];
	int n, fd, opens = 0, reads = 0;
	ssize_t length;
	bool hit = true;

	open_fail_nth();
	load("hi", "", 0);
	load("failing", "", -ENODEV);
	for (n = 1; hit; n++) {
		arm(n);
		fd = open("/dev/hi", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			fd = -errno;
		hit = disarm();
		/* EFAULT where the name is what cannot be copied. */
		must(fd >= 0 || (hit && (fd == -ENOMEM || fd == -EFAULT)), "point %d of open: %s", n, strerror(-fd));
		opens += fd < 0;
		if (fd >= 0)
			close(fd);
	}
	note("open: %d points, %d of them made it fail\n", n - 2, opens);
	must(opens, "no point made open fail");

	fd = open_device();
	for (n = 1, hit = true; hit; n++) {
		arm(n);
		length = read(fd, record, sizeof(record));
		if (length < 0)
			length = -errno;
		hit = disarm();
		must(length > 0 || (hit && length == -EFAULT), "point %d of read: %s", n, strerror(-length));
		reads += length < 0;
	}
	note("read: %d points, %d of them made it fail\n", n - 2, reads);
	must(reads, "no point made read fail");
	close(fd);
	fd = open_device();
	must(read(fd, again, sizeof(again)) == length && !memcmp(record, again, length),
	     "the record that was read after the failures is not the first");
	close(fd);
	unload("hi", 0);
}

/* --- leaks -------------------------------------------------------------------- */

/*
 * Returns the first object in a report of kmemleak that was allocated after the kernel ran init,
 * or NULL. Before that, swapper/0 allocates with pid 1, and such objects belong to no module.
 * kmemleak misses the pointers to some of them in um: rarely if gcc 12 built the kernel, and to
 * more than a hundred if gcc 14 did.
 */
static const char *first_leak(const char *report)
{
	static const char of_boot[] = "\n  comm \"swapper/0\", pid 1,";
	const char *object = report, *line;

	while (object && *object) {
		line = strchr(object, '\n');
		if (!line || strncmp(line, of_boot, strlen(of_boot)))
			return object;
		object = strstr(line, "unreferenced object");
	}

	return NULL;
}

/*
 * After all that was loaded and unloaded in this boot: none of it lost memory. Where
 * kmemleak is off, which it is for good once it lacks memory, it takes no scan.
 */
static void no_leak(void)
{
	static const char path[] = "/sys/kernel/debug/kmemleak";
	const char *report, *leak;

	load("hi", "", 0);
	unload("hi", 0);
	sleep(6);		/* what is younger than five seconds is no leak yet */
	write_file(path, "scan");
	write_file(path, "scan");
	report = content(path);
	note("# cat %s\n%s\n", path, report);
	leak = first_leak(report);
	must(!leak, "kmemleak: %s", leak);
	if (*report)
		log_may_say("new suspected memory leaks");
}

const struct experiment debug[] = {
	{ "faults", "C5", DEBUG, "hi: each point of a load fails in turn: nothing stays behind", sweep_hi },
	{ "faults-last", "C5", DEBUG, "hi_fail: each point fails in turn of a load that fails after all steps", sweep_last_label },
	{ "faults-rest", "C5", DEBUG, "hi_cleanup: each point of a load fails in turn: nothing stays behind", sweep_cleanup },
	{ "faults-rest", "C5", DEBUG, "each point of opening and reading /dev/hi fails in turn: no record is lost", sweep_device },
	{ "main", "C2 C5", DEBUG, "kmemleak finds nothing", no_leak, LONG },
	{ "leaks", "C5", DEBUG, "hi: each point of a load fails in turn, with kmemleak on", sweep_hi, LONG },
	{ "leaks", "C5", DEBUG, "hi_cleanup: each point of a load fails in turn, with kmemleak on", sweep_cleanup, LONG },
	{ "leaks", "C2 C5", DEBUG, "kmemleak finds nothing after all that failed", no_leak, LONG },
	{ },
};
