// SPDX-License-Identifier: GPL-2.0-only
/* The module vet_faults, see modules/vet_faults.c. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vet.h"

#define FILES "/sys/kernel/debug/vet/"

static bool tell(const char *file, const char *line)
{
	char path[64];
	bool good;
	int fd;

	snprintf(path, sizeof(path), FILES "%s", file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	must(fd >= 0, "%s: %m", path);
	good = write(fd, line, strlen(line)) == (ssize_t)strlen(line);
	close(fd);

	return good;
}

void helper_target(const char *name)
{
	must(tell("target", name), "target %s: %m", name);
}

bool helper_probe(const char *function)
{
	return tell("probe", function);
}

void helper_fail(const struct fault *fault)
{
	char line[256];

	if (fault->function)
		snprintf(line, sizeof(line), "call %d %d %s %ld", fault->n, fault->pause_ms, fault->function, fault->value);
	else
		snprintf(line, sizeof(line), "alloc %d %d", fault->n, fault->pause_ms);
	must(tell("fail", line), "fail: %m");
	if (fault->undo && *fault->undo) {
		snprintf(line, sizeof(line), "%s %d", fault->undo, fault->undo_same);
		must(tell("undo", line), "undo: %m");
	}
}

void helper_slow(int ms)
{
	char line[16];

	snprintf(line, sizeof(line), "%d", ms);
	must(tell("slow", line), "slow: %m");
}

void helper_settle(bool settle)
{
	must(tell("settle", settle ? "1" : "0"), "settle: %m");
}

void helper_read(struct outcome *outcome)
{
	char *lines = content(FILES "result"), *line;

	memset(outcome, 0, sizeof(*outcome));
	while ((line = strsep(&lines, "\n"))) {
		size_t length = strlen(outcome->stack);
		int n;

		if (sscanf(line, "init %d", &outcome->returned) == 1)
			outcome->ran = true;
		else if (!strcmp(line, "hit"))
			outcome->hit = true;
		else if (!strcmp(line, "undone"))
			outcome->undone = true;
		else if (!strncmp(line, "stack ", 6))
			snprintf(outcome->stack + length, sizeof(outcome->stack) - length, "%s\n", line + 6);
		else if (sscanf(line, "alike %d", &n) == 1 && n < (int)ARRAY_SIZE(outcome->alike))
			outcome->alike[n] = true;
		else
			sscanf(line, "allocations %d", &outcome->allocations);
	}
}

int calls_of(const char *function)
{
	char *lines = content(FILES "result"), *line, name[128];
	int count;

	while ((line = strsep(&lines, "\n")))
		if (sscanf(line, "call %127s %d", name, &count) == 2 && !strcmp(name, function))
			return count;

	return 0;
}
