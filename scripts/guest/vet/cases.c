// SPDX-License-Identifier: GPL-2.0-only
/* The cases of the boot: which of them are wanted, their titles, and their verdicts. */

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "vet.h"

char only[512], only_after[512];

static char prefix[128];
static int number;
static bool passed_start, is_last;

void begin_cases(const char *experiment, const char *module)
{
	snprintf(prefix, sizeof(prefix), "%s:%s", experiment, module);
}

static void title_of(const char *what, char *title, size_t size)
{
	snprintf(title, size, "%s:%s", prefix, what);
}

static bool wanted(const char *title)
{
	if (*only)
		return !strcmp(title, only);
	if (!*only_after || passed_start)
		return true;
	passed_start = !strcmp(title, only_after);

	return false;
}

void end_cases(void)
{
	printf("1..%d\n", number);
	fflush(stdout);
}

static void clear(const void *data)
{
	(void)data;
}

/* --- a case that does not end ------------------------------------------------------------- */

int hung_seconds = 300;

/* Shared with the process that watches. */
static atomic_int *begun;

static void say(int console, const char *format, ...)
{
	char text[8192];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (write(console, text, length) != length)
		_exit(1);
}

/* Where this process is in the kernel, on the console: if the guest hangs, that is what is seen. */
static void show_stack(pid_t pid)
{
	char path[64], stack[4096];
	int console = open("/dev/console", O_WRONLY | O_CLOEXEC), fd;
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = read(fd, stack, sizeof(stack) - 1);
	stack[length > 0 ? length : 0] = '\0';
	say(console, "vet: this case has not ended after %d s, and is here:\n%s", hung_seconds, stack);
	close(fd);
	close(console);
}

void watch_cases(void)
{
	pid_t parent = getpid();
	int seen = 0, seconds = 0;

	begun = mmap(NULL, sizeof(*begun), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (begun == MAP_FAILED || fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;; sleep(1)) {
		seconds = seen == atomic_load(begun) ? seconds + 1 : 0;
		seen = atomic_load(begun);
		if (seconds < hung_seconds)
			continue;
		show_stack(parent);
		reboot(RB_AUTOBOOT);
	}
}

/* ------------------------------------------------------------------------------------------- */

struct work {
	void (*run)(const void *data);
	const void *data;
};

/*
 * When a module is unloaded, the kernel warns of memory that the module allocated and that nobody has
 * freed yet (alloc_tag.c). The kernel frees some of it a little later, a workqueue for example. So a case
 * with this warning runs again, and this time vet_faults waits before the module's own memory is freed.
 */
static void run_patiently(const void *data)
{
	const struct work *work = data;
	jmp_buf failed;

	memcpy(failed, transcript.failed, sizeof(failed));
	if (!setjmp(transcript.failed)) {
		work->run(work->data);
		memcpy(transcript.failed, failed, sizeof(failed));
		return;
	}
	memcpy(transcript.failed, failed, sizeof(failed));
	if (!strstr(transcript.seen, "allocated at module unload"))
		longjmp(transcript.failed, 1);
	transcript.seen[0] = transcript.point[0] = '\0';
	note("# again, with time for memory that the kernel frees a little later\n");
	helper_settle(true);
	work->run(work->data);
	helper_settle(false);
}

static void run_titled(const char *title, void (*run)(const void *data), const void *data)
{
	const struct work work = { .run = run, .data = data };
	const struct test test = { .title = title, .run = run_patiently, .clear = clear, .data = &work };

	atomic_fetch_add(begun, 1);
	if (!run_test(++number, &test) || is_last) {
		end_cases();
		exit(1);
	}
}

void run_case(const char *what, void (*run)(const void *data), const void *data)
{
	char title[512];

	title_of(what, title, sizeof(title));
	if (wanted(title))
		run_titled(title, run, data);
}

void run_always(const char *what, void (*run)(const void *data), const void *data)
{
	char title[512];

	title_of(what, title, sizeof(title));
	run_titled(title, run, data);
}

/* --- cases that are not done ------------------------------------------------------------- */

static void do_nothing(const void *data)
{
	snprintf(transcript.skipped, sizeof(transcript.skipped), "%s", (const char *)data);
}

void leave_out(const char *what, const char *format, ...)
{
	char reason[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	run_case(what, do_nothing, reason);
}

void does_not_apply(const char *format, ...)
{
	char reason[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	run_case("none", do_nothing, reason);
}

void skip(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(transcript.skipped, sizeof(transcript.skipped), format, arguments);
	va_end(arguments);
	/* It did not fail: transcript.seen is empty. */
	longjmp(transcript.failed, 1);
}

void skip_the_rest(const char *reason)
{
	is_last = true;
	skip("%s", reason);
}
