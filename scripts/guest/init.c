// SPDX-License-Identifier: GPL-2.0
/*
 * The first process of the guest. Runs the tests in /tests one after the other; what they
 * print goes to the verdict port, between lines that name them and give their exit
 * status. A line "### end" says that all of them came to an end.
 *
 * From the kernel's command line: hi_verdict=DEVICE, hi_shell=1 for a prompt, hi_stop=1 to
 * stop after the first test that fails, and hi_end=poweroff where a reboot would not end
 * the machine.
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define SKIPPED	4	/* KSFT_SKIP of tools/testing/selftests/kselftest.h */

static void mount_at(const char *place, const char *type)
{
	mkdir(place, 0755);
	if (mount(type, place, type, 0, NULL))
		perror(place);
}

/*
 * As a shell gives it: of one that a signal ended, 128 more than the signal's number. The
 * first process is the parent of all whose own parent has died, and reaps them.
 */
static int status_of(pid_t child)
{
	int status;

	if (child < 0) {
		perror("fork");
		return 127;
	}
	while (waitpid(-1, &status, 0) != child)
		;

	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Runs a program with nothing to read. */
static int run(char *const words[])
{
	pid_t child = fork();

	if (!child) {
		dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
		execv(words[0], words);
		perror(words[0]);
		_exit(127);
	}

	return status_of(child);
}

static void prompt(void)
{
	char *const shell[] = { "-sh", NULL };
	pid_t child;
	int fd;

	puts("\nModules are in /modules, tests in /tests. 'exit' ends the guest.");
	fflush(stdout);
	child = fork();
	if (!child) {
		setsid();
		fd = open("/dev/console", O_RDWR);
		ioctl(fd, TIOCSCTTY, 1);
		dup2(fd, STDIN_FILENO);
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		execv("/bin/sh", shell);
		_exit(127);
	}
	status_of(child);
}

/* Tests print bytes: the port is to change none of them. */
static void open_verdict(const char *name)
{
	struct termios termios;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDWR | O_NOCTTY);
	if (fd < 0) {
		perror(path);
		return;
	}
	if (!tcgetattr(fd, &termios)) {
		cfmakeraw(&termios);
		tcsetattr(fd, TCSANOW, &termios);
	}
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

static void run_tests(void)
{
	struct dirent **entries;
	int i, count = scandir("/tests", &entries, NULL, alphasort);
	int status = 0;

	for (i = 0; i < count; i++) {
		char path[300];
		char *const words[] = { path, NULL };
		struct stat stat_of;

		snprintf(path, sizeof(path), "/tests/%s", entries[i]->d_name);
		if (stat(path, &stat_of) || !S_ISREG(stat_of.st_mode) || access(path, X_OK))
			continue;
		printf("### %s\n", path);
		fflush(stdout);
		status = run(words);
		printf("### %s ended with status %d\n", path, status);
		fflush(stdout);
		if (status && status != SKIPPED && getenv("hi_stop"))
			break;
	}
	puts("### end");
	fflush(stdout);
	tcdrain(STDOUT_FILENO);
}

int main(void)
{
	char *const install[] = { "/bin/busybox", "--install", "-s", "/bin", NULL };
	const char *end = getenv("hi_end") ?: "reboot";

	setenv("PATH", "/kmod:/bin", 1);
	setenv("HI_MODULES", "/modules", 1);
	mkdir("/tmp", 0777);
	mount_at("/proc", "proc");
	mount_at("/sys", "sysfs");
	mount_at("/dev", "devtmpfs");
	mount_at("/sys/kernel/debug", "debugfs");
	if (!access(install[0], X_OK))
		run(install);

	if (getenv("hi_shell")) {
		prompt();
	} else {
		open_verdict(getenv("hi_verdict") ?: "console");
		run_tests();
	}
	reboot(strcmp(end, "poweroff") ? RB_AUTOBOOT : RB_POWER_OFF);

	return 1;
}
