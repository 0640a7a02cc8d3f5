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
#include <time.h>
#include <unistd.h>

#include "vet.h"

#define OPENERS 2

/*
 * A call waits before it fails. The other tasks have that time to open the files: FILE_MS for each of
 * them, within these limits. vet_faults takes no longer pause.
 */
#define PAUSE_MIN_MS 200
#define PAUSE_MAX_MS 1000
#define FILE_MS 5
#define HOLD_US 2000
/* Tasks close their files after this time: some init functions wait until nobody has theirs open. */
#define HOLD_MAX_MS 3000

/*
 * How often the module is loaded and unloaded. In the slow rounds each call waits until the empty module
 * comes or goes. To unload it takes 300 ms in a kernel with KASAN, and longer on a busy machine. Where
 * init makes many calls, they wait for SLOW_ALL_MS together at most.
 */
#define ROUNDS 8
#define SLOW_ROUNDS 4
#define SLOW_ALL_MS 3000
#define SLOW_MAX_MS 1000

static bool has_files;
static pid_t others[OPENERS + 1];

/* Shared with the openers. */
static struct {
	atomic_bool stop, pause;
	atomic_int loads;
	atomic_long opened;
} *shared;

/* A watchdog would have to be written to before it is closed, see files.c; /sys is guarded by kernfs. */
static bool is_raced_for(const char *path)
{
	return strncmp(path, "/sys/", 5) ? strncmp(path, "/dev/watchdog", 13) : !strncmp(path, "/sys/kernel/debug/", 18);
}

static int open_raced(const char *path)
{
	int fd = is_raced_for(path) ? open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;

	if (fd >= 0)
		atomic_fetch_add(&shared->opened, 1);

	return fd;
}

static void read_and_close(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	char buffer[256];

	if (read(fd, buffer, sizeof(buffer)) < 0)
		poll(&poll_fd, 1, 0);
	close(fd);
}

/* NUMBER: of this task, for each to begin with another file. */
static void open_for_ever(int number)
{
	int i, fd;

	for (; !atomic_load(&shared->stop); usleep(500))
		for (i = 0; i < usual.file_count; i++) {
			if (atomic_load(&shared->pause)) {
				usleep(1000);
				continue;
			}
			fd = open_raced(usual.files[(i + number) % usual.file_count]);
			if (fd < 0)
				continue;
			usleep(HOLD_US);
			read_and_close(fd);
		}
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool must_let_go(void)
{
	return atomic_load(&shared->stop) || atomic_load(&shared->pause);
}

/* Opens the files that are not open yet. The second task begins with the last file. */
static bool open_more(int *fds, int number)
{
	bool opened = false;
	int i, file;

	for (i = 0; i < usual.file_count; i++) {
		file = number ? usual.file_count - 1 - i : i;
		if (fds[file] >= 0)
			continue;
		fds[file] = open_raced(usual.files[file]);
		opened |= fds[file] >= 0;
	}

	return opened;
}

/*
 * Opens all files and keeps them open until the load has ended. The kernel frees a module that
 * failed some time after its files are gone.
 */
static void hold_for_ever(int number)
{
	static int fds[ARRAY_SIZE(usual.files)];
	int i, loads;
	long since;

	memset(fds, -1, sizeof(fds));
	while (!atomic_load(&shared->stop)) {
		loads = atomic_load(&shared->loads);
		since = now_ms();
		while (!must_let_go() && loads == atomic_load(&shared->loads) && now_ms() - since < HOLD_MAX_MS) {
			if (open_more(fds, number))
				since = now_ms();
			usleep(500);
		}
		for (i = 0; i < usual.file_count; i++)
			if (fds[i] >= 0)
				read_and_close(fds[i]);
		memset(fds, -1, sizeof(fds));
		while (atomic_load(&shared->pause) && !atomic_load(&shared->stop))
			usleep(1000);
	}
}

/* Not by load_with(), which writes into the transcript. */
static void load_empty_for_ever(void)
{
	int fd = open("/modules/vet_empty.ko", O_RDONLY | O_CLOEXEC);

	while (!atomic_load(&shared->stop)) {
		syscall(SYS_finit_module, fd, "", 0);
		syscall(SYS_delete_module, "vet_empty", O_NONBLOCK);
		usleep(HOLD_US);
	}
}

static void start_others(void (*use_files)(int number))
{
	int i;

	atomic_store(&shared->stop, false);
	atomic_store(&shared->pause, false);
	atomic_store(&shared->opened, 0);
	for (i = 0; i <= OPENERS; i++) {
		others[i] = fork();
		must(others[i] >= 0, "fork: %m");
		if (others[i])
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (i < OPENERS)
			use_files(i);
		else
			load_empty_for_ever();
		_exit(0);
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

/* DATA: how long each call of init and exit waits for another module. */
static void load_raced(const void *data)
{
	const int *slow_ms = data;
	int i;

	log_begin();
	snprintf(transcript.point, sizeof(transcript.point), "%d tasks open and read its files meanwhile%s", OPENERS,
		 *slow_ms ? ", and each call of init and exit waits for another module" : "");
	helper_slow(*slow_ms);
	start_others(open_for_ever);
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

static int within(int value, int min, int max)
{
	return value < min ? min : value > max ? max : value;
}

static void fail_raced(const void *data)
{
	struct fault fault = *(const struct fault *)data;
	struct outcome outcome;
	int i, error;

	log_begin();
	fault.pause_ms = within(usual.file_count * FILE_MS, PAUSE_MIN_MS, PAUSE_MAX_MS);
	start_others(hold_for_ever);
	for (i = 0; i < 2; i++) {
		error = load_with_fault(&fault, &outcome);
		atomic_fetch_add(&shared->loads, 1);
		if (!error)
			unload_raced();
	}
	stop_others();
	if (!outcome.hit)
		skip("init did not come to this point");
	snprintf(transcript.point + strlen(transcript.point), sizeof(transcript.point) - strlen(transcript.point),
		 ", while %d tasks have its files open", OPENERS);
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

/* Whether there is a file to be raced for. Some that are there cannot be opened. */
static void look_at_files(const void *data)
{
	int i, fd;

	(void)data;
	log_begin();
	has_files = false;
	must(!load_subject(""), "it cannot be loaded");
	for (i = 0; i < usual.file_count && !has_files; i++) {
		fd = open_raced(usual.files[i]);
		has_files = fd >= 0;
		close(fd);
	}
	unload_subject();
}

void race(void)
{
	int slow_ms = 0, calls;
	char what[32];

	if (subject->permanent) {
		does_not_apply("it has no exit function: the kernel never unloads it");
		return;
	}
	if (usual.error) {
		does_not_apply("init returns -%s by itself", name_of(usual.error));
		return;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(shared != MAP_FAILED, "mmap: %m");
	run_always("files", look_at_files, NULL);
	snprintf(what, sizeof(what), "%d", ROUNDS);
	run_case(what, load_raced, &slow_ms);
	calls = probe_calls(true);
	slow_ms = within(SLOW_ALL_MS / (calls ?: 1), 1, SLOW_MAX_MS);
	run_case("slow", load_raced, &slow_ms);
	if (has_files)
		each_call(call_raced);
}
