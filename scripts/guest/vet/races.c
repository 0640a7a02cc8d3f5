// SPDX-License-Identifier: GPL-2.0-only
/*
 * V5: several tasks open and read the module's files while it is loaded and unloaded, and while its
 * init fails. Another one loads and unloads an empty module: many notifiers are called for that.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vet.h"

#define OPENERS 2

/* Init fails so late that others can be inside, whatever the emulated processors do. */
#define PAUSE_MS 200
#define HOLD_US 2000

/*
 * How often the module is loaded and unloaded, and how much longer each call of init and exit takes in
 * some of the rounds.
 */
#define ROUNDS 8
#define SLOW_MS 10
#define SLOW_ROUNDS 4

static bool has_files;
static pid_t others[OPENERS + 1];

/* Shared with the openers. */
static struct {
	atomic_bool stop, pause, spin;
	atomic_long opened;
} *shared;

static void open_once(const char *path)
{
	struct pollfd poll_fd = { .events = POLLIN };
	char buffer[256];

	poll_fd.fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (poll_fd.fd < 0)
		return;
	atomic_fetch_add(&shared->opened, 1);
	if (read(poll_fd.fd, buffer, sizeof(buffer)) < 0)
		poll(&poll_fd, 1, 0);
	usleep(HOLD_US);
	close(poll_fd.fd);
}

/* A watchdog would have to be written to before it is closed, see files.c; /sys is guarded by kernfs. */
static bool is_raced_for(const char *path)
{
	return strncmp(path, "/sys/", 5) ? strncmp(path, "/dev/watchdog", 13) : !strncmp(path, "/sys/kernel/debug/", 18);
}

static void rest(void)
{
	if (!atomic_load(&shared->spin))
		usleep(500);
}

static void open_for_ever(int number)
{
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/*
	 * Sleeping leaves the emulated processors to those who load and unload. While init is made to
	 * wait it keeps interrupts off, and nobody who sleeps would be woken up.
	 */
	for (; !atomic_load(&shared->stop); rest())
		for (i = 0; i < usual.file_count; i++) {
			if (atomic_load(&shared->pause))
				usleep(1000);
			else if (is_raced_for(usual.files[(i + number) % usual.file_count]))
				open_once(usual.files[(i + number) % usual.file_count]);
		}
	_exit(0);
}

/* Not by load_with(), which writes into the transcript. */
static void load_empty_for_ever(void)
{
	int fd = open("/modules/vet_empty.ko", O_RDONLY | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!atomic_load(&shared->stop)) {
		syscall(SYS_finit_module, fd, "", 0);
		syscall(SYS_delete_module, "vet_empty", O_NONBLOCK);
		usleep(HOLD_US);
	}
	_exit(0);
}

static void start_others(bool spin)
{
	int i;

	atomic_store(&shared->spin, spin);
	atomic_store(&shared->stop, false);
	atomic_store(&shared->pause, false);
	atomic_store(&shared->opened, 0);
	for (i = 0; i <= OPENERS; i++) {
		others[i] = fork();
		must(others[i] >= 0, "fork: %m");
		if (!others[i] && i < OPENERS)
			open_for_ever(i);
		if (!others[i])
			load_empty_for_ever();
	}
}

static void stop_others(void)
{
	int i;

	atomic_store(&shared->stop, true);
	for (i = 0; i <= OPENERS; i++)
		waitpid(others[i], NULL, 0);
	note("# opened %ld times\n", atomic_load(&shared->opened));
}

/* While somebody is in a file, the module may refuse to go. */
static void unload_raced(void)
{
	int i, error = -EWOULDBLOCK;

	for (i = 0; i < 20 && error == -EWOULDBLOCK; i++) {
		error = unload_with(subject->name, 0);
		if (error)
			usleep(1000);
	}
	atomic_store(&shared->pause, true);
	if (error == -EWOULDBLOCK)
		unload_subject();
	else
		must(!error, "unloading %s: %s", subject->name, name_of(error));
	atomic_store(&shared->pause, false);
}

/* DATA: how much slower init and exit are. */
static void load_raced(const void *data)
{
	const int *slow_ms = data;
	int i;

	log_begin();
	snprintf(transcript.point, sizeof(transcript.point), "%d tasks open and read its files meanwhile%s", OPENERS,
		 *slow_ms ? ", and each call of init and exit takes longer" : "");
	helper_slow(*slow_ms);
	start_others(*slow_ms);
	for (i = 0; i < (*slow_ms ? SLOW_ROUNDS : ROUNDS); i++) {
		if (!load_subject(""))
			usleep(HOLD_US);
		unload_raced();
	}
	stop_others();
	helper_slow(0);
	must(!has_files || atomic_load(&shared->opened), "none of its files was opened");
	must_be_clean();
}

static void fail_raced(const void *data)
{
	struct fault fault = *(const struct fault *)data;
	struct outcome outcome;
	int i;

	log_begin();
	fault.pause_ms = PAUSE_MS;
	start_others(true);
	for (i = 0; i < 2; i++)
		if (!load_with_fault(&fault, &outcome))
			unload_raced();
	stop_others();
	if (!outcome.hit)
		skip("init did not come to this point");
	snprintf(transcript.point + strlen(transcript.point), sizeof(transcript.point) - strlen(transcript.point),
		 ", while %d tasks open and read its files", OPENERS);
	must_be_clean();
	must_still_work();
	log_must_be_sound();
}

static void call_raced(const struct fault *fault)
{
	char what[160];

	snprintf(what, sizeof(what), "%s:%d", fault->function, fault->n);
	run_case(what, fail_raced, fault);
}

void race(void)
{
	static const int no = 0, slow = SLOW_MS;
	char what[32];
	int i;

	if (subject->permanent) {
		does_not_apply("it has no exit function: the kernel never unloads it");
		return;
	}
	if (usual.error) {
		does_not_apply("init returns -%s by itself", name_of(usual.error));
		return;
	}
	has_files = false;
	for (i = 0; i < usual.file_count; i++)
		has_files |= is_raced_for(usual.files[i]);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(shared != MAP_FAILED, "mmap: %m");
	snprintf(what, sizeof(what), "%d", ROUNDS);
	run_case(what, load_raced, &no);
	probe_calls();
	run_case("slow", load_raced, &slow);
	if (has_files)
		each_call(call_raced);
}
