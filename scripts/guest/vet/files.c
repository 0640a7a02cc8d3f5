// SPDX-License-Identifier: GPL-2.0-only
/* V4: each file that the module brought is held open while the module is unloaded. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "vet.h"

/* A subsystem can bring hundreds of files for one device, all alike. */
#define FILES_MAX 60

static void interrupt(int number)
{
	(void)number;
}

/* What anybody may do with an open file. It need not succeed. */
static void use(int fd)
{
	struct sigaction action = { .sa_handler = interrupt };
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	struct stat status;
	struct termios termios;
	char buffer[256];
	void *memory;

	/* For a driver that blocks in spite of O_NONBLOCK. */
	sigaction(SIGALRM, &action, NULL);
	alarm(5);
	note("read = %zd\n", read(fd, buffer, sizeof(buffer)));
	note("lseek = %lld\n", (long long)lseek(fd, 0, SEEK_SET));
	note("poll = %d\n", poll(&poll_fd, 1, 0));
	note("fstat = %d\n", fstat(fd, &status));
	note("ioctl(TCGETS) = %d\n", ioctl(fd, TCGETS, &termios));
	memory = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	note("mmap = %s\n", memory == MAP_FAILED ? "failed" : "good");
	if (memory != MAP_FAILED)
		munmap(memory, 4096);
	alarm(0);
}

/* A watchdog that is closed without this goes on, and holds its module: Documentation/watchdog. */
static void close_file(int fd, const char *path)
{
	if (!strncmp(path, "/dev/watchdog", 13))
		note("write(V) = %zd\n", write(fd, "V", 1));
	close(fd);
}

static int open_file(const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	note("open(\"%s\") = %d\n", path, fd);

	return fd;
}

static void hold(const void *data)
{
	const char *path = data;
	int fd, error;

	log_begin();
	must(!load_subject(""), "it cannot be loaded");
	fd = open_file(path);
	if (fd < 0) {
		const char *reason = strerror(errno);

		unload_subject();
		skip("it cannot be opened: %s", reason);
	}
	snprintf(transcript.point, sizeof(transcript.point), "%s is open while the module is unloaded", path);
	error = unload_with(subject->name, 0);
	use(fd);
	close_file(fd, path);
	if (error) {
		must(error == -EWOULDBLOCK, "unloading %s: %s", subject->name, name_of(error));
		unload_subject();
	}
	must_be_clean();
	must_still_work();
	log_must_be_sound();
}

void hold_files(void)
{
	int i;

	if (subject->permanent)
		does_not_apply("it has no exit function: the kernel never unloads it");
	else if (usual.error)
		does_not_apply("init returns -%s by itself", name_of(usual.error));
	else if (!usual.file_count)
		does_not_apply("it brings no file");
	for (i = 0; i < usual.file_count && i < FILES_MAX; i++)
		run_case(usual.files[i], hold, usual.files[i]);
	if (usual.file_count > FILES_MAX)
		leave_out("more", "%d more files", usual.file_count - FILES_MAX);
}
