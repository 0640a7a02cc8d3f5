// SPDX-License-Identifier: GPL-2.0
/*
 * C1: loading runs the init function, unloading runs the exit function, and both say so in
 * the kernel log. Built in, the first happens at boot and the second never. A kernel without
 * modules has no hi: hi_fail is built into it.
 *
 * By system calls alone: it needs nothing else in the guest.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/syscall.h>
#include <unistd.h>

#define READ_ALL	3
#define CLEAR		5

static const char *driver = "hi";
static char log_lines[1 << 16];	/* what the driver said since the log was cleared */
static int count, failed;

/* The text of the first line of the driver in TEXT, or NULL. */
static const char *said_in(const char *text)
{
	char prefix[32];
	const char *place;

	snprintf(prefix, sizeof(prefix), " %s: ", driver);
	place = strstr(text, prefix);

	return place ? place + strlen(prefix) : NULL;
}

/* Reads the kernel's log and keeps the lines of the driver. */
static void read_log(void)
{
	static char text[1 << 16];
	int length = klogctl(READ_ALL, text, sizeof(text) - 1);
	char *rest = text, *line;

	text[length > 0 ? length : 0] = '\0';
	log_lines[0] = '\0';
	while ((line = strsep(&rest, "\n"))) {
		line += strspn(line, "<0123456789>");	/* its level */
		if (said_in(line)) {
			strcat(log_lines, line);
			strcat(log_lines, "\n");
		}
	}
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static bool first_line_is(const char *path, const char *expected)
{
	char line[256] = "";
	FILE *file = fopen(path, "re");

	if (!file || !fgets(line, sizeof(line), file))
		printf("# %s: %m\n", path);
	if (file)
		fclose(file);
	line[strcspn(line, "\n")] = '\0';
	if (strcmp(line, expected))
		printf("# %s has '%s'\n", path, line);

	return !strcmp(line, expected);
}

static bool listed(void)
{
	char line[512];
	bool found = false;
	FILE *file = fopen("/proc/modules", "re");

	while (file && fgets(line, sizeof(line), file))
		found |= !strncmp(line, "hi ", 3);
	if (file)
		fclose(file);

	return found;
}

/* Returns the errno that it failed with, or 0. */
static int load(void)
{
	int fd = open("/modules/hi.ko", O_RDONLY | O_CLOEXEC);

	return syscall(SYS_finit_module, fd, "", 0) ? errno : 0;
}

static int unload(void)
{
	return syscall(SYS_delete_module, driver, O_NONBLOCK) ? errno : 0;
}

static void check(const char *name, bool good)
{
	count++;
	failed += !good;
	printf("%sok %d - %s\n", good ? "" : "not ", count, name);
}

static void check_call(const char *name, int error, int expected)
{
	if (error != expected)
		printf("# %s: %s\n", name, strerror(error));
	check(name, error == expected);
}

/* The driver said TEXT since the log was cleared, and nothing else; NULL: nothing at all. */
static void check_log(const char *name, const char *text)
{
	const char *said;
	bool good;

	read_log();
	said = said_in(log_lines);
	if (text)
		good = said && !strncmp(said, text, strlen(text)) && !strcmp(said + strlen(text), "\n");
	else
		good = !said;
	if (!good)
		printf("# it said:\n# %s\n", said ? log_lines : "nothing");
	check(name, good);
	if (good && text)
		printf("# log: %s", log_lines);
}

static void as_a_module(void)
{
	check_log("the log says nothing of hi at boot", NULL);
	check("/proc/modules does not list hi", !listed());

	klogctl(CLEAR, NULL, 0);
	check_call("load hi.ko", load(), 0);
	check_log("init ran: the log says so", "module being loaded");
	check("/proc/modules lists hi", listed());
	check("hi is in /sys/module", exists("/sys/module/hi"));
	check("the memory of its init code is given back", first_line_is("/sys/module/hi/initsize", "0"));

	klogctl(CLEAR, NULL, 0);
	check_call("unload hi", unload(), 0);
	check_log("exit ran: the log says so", "module being unloaded");
	check("/proc/modules no longer lists hi", !listed());
	check("hi is no longer in /sys/module", !exists("/sys/module/hi"));
}

static void built_in(void)
{
	bool modules = exists("/proc/modules");

	driver = modules ? "hi" : "hi_fail";
	check_log("init ran at boot: the log says so, and nothing of exit", "module being loaded");
	check("it is in /sys/module", exists(modules ? "/sys/module/hi" : "/sys/module/hi_fail"));
	check("it is not in /proc/modules", !listed());
	check_call("it cannot be unloaded", unload(), modules ? ENOENT : ENOSYS);
}

int main(void)
{
	if (exists("/modules/hi.ko"))
		as_a_module();
	else
		built_in();
	printf("1..%d\n", count);

	return failed ? 1 : 0;
}
