// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's log, read from /dev/kmsg record by record. */

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

#define LINES_MAX 20000

static int kmsg = -1;
static char *lines[LINES_MAX];	/* since the test began */
static int lines_read, lines_judged;
static const char *excused;

void log_open(void)
{
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	if (kmsg < 0) {
		perror("/dev/kmsg");
		exit(1);
	}
}

static void forget(void)
{
	while (lines_read)
		free(lines[--lines_read]);
	lines_judged = 0;
}

void log_begin(void)
{
	forget();
	excused = NULL;
	lseek(kmsg, 0, SEEK_END);
}

void log_from_boot(void)
{
	forget();
	lseek(kmsg, 0, SEEK_SET);
	log_read();
}

void log_read(void)
{
	/* A record: "PRIORITY,NUMBER,MICROSECONDS,FLAGS;TEXT\n", then " KEY=VALUE" lines. */
	char record[8192], *text;
	unsigned long long time;
	ssize_t length;

	while ((length = read(kmsg, record, sizeof(record) - 1)) != -1 || errno == EPIPE) {
		if (length == -1)
			fail("the kernel's log lost lines before they were read");
		record[length] = '\0';
		text = strchr(record, ';');
		if (!text || sscanf(record, "%*u,%*u,%llu", &time) != 1)
			fail("a record of the log is none: %s", record);
		*text++ = '\0';
		text[strcspn(text, "\n")] = '\0';
		if (lines_read == LINES_MAX)
			fail("the kernel said more than %d lines", LINES_MAX);
		do {
			/* One record can be several lines, with the newline escaped. */
			char *end = strstr(text, "\\x0a");

			if (end)
				*end = '\0';
			lines[lines_read++] = strdup(text);
			note("[%5llu.%06llu] %s\n", time / 1000000, time % 1000000, text);
			text = end ? end + 4 : NULL;
		} while (text && lines_read < LINES_MAX);
	}
}

const char *log_find(const char *text)
{
	int i;

	log_read();
	for (i = 0; i < lines_read; i++)
		if (strstr(lines[i], text))
			return lines[i];

	return NULL;
}

int log_mark(void)
{
	log_read();

	return lines_read;
}

bool log_says_since(int mark, const char *text)
{
	int i;

	log_read();
	for (i = mark; i < lines_read; i++)
		if (strstr(lines[i], text))
			return true;

	return false;
}

void log_must_be(const char *who, ...)
{
	char prefix[64];
	const char *expected;
	size_t length;
	va_list texts;

	length = snprintf(prefix, sizeof(prefix), "%s: ", who);
	log_read();
	va_start(texts, who);
	expected = va_arg(texts, const char *);
	for (; lines_judged < lines_read; lines_judged++) {
		const char *line = lines[lines_judged];

		if (strncmp(line, prefix, length))
			continue;
		must(expected, "the kernel said '%s', where %s was to say no more", line, who);
		must(!strcmp(line + length, expected), "the kernel said '%s', not '%s%s'",
		     line, prefix, expected);
		expected = va_arg(texts, const char *);
	}
	va_end(texts);
	must(!expected, "the kernel did not say '%s%s'", prefix, expected);
}

void log_must_say(const char *text)
{
	must(log_find(text), "the kernel did not say '%s'", text);
}

void log_must_not_say(const char *text)
{
	const char *line = log_find(text);

	must(!line, "the kernel said '%s'", line);
}

void log_may_say(const char *text)
{
	excused = text;
}

/* What a kernel says when something is wrong. */
static const char * const bad[] = {
	"BUG:", "WARNING:", "INFO: ", "Oops", "KASAN:", "UBSAN:", "ODEBUG:", "general protection", "possible recursive",
	"possible circular", "DEBUG_LOCKS_WARN_ON", "bad unlock balance", "memory leak", "allocated at module unload",
	"cannot create duplicate", "refcount_t:", "list_add corruption", "list_del corruption",
	"does not have a release() function", "Objects remaining", "Redzone overwritten", "Poison overwritten",
	"Object already free", "already-free IRQ", "nonexistent vm area", "removing non-empty directory", "leaking at least",
	"preemption imbalance", "disabled interrupts",
};

/* What it says of processors that were late: emulated ones wait for those of the machine. */
static const char * const late[] = { "self-detected stall on CPU", "detected stalls on CPUs", "took too long to run" };

static bool is_late(const char *line)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(late); i++)
		if (strstr(line, late[i]))
			return true;

	return false;
}

/* "DEBUG:" is no "BUG:". */
static bool has_word(const char *line, const char *word)
{
	const char *place = line;

	while ((place = strstr(place, word))) {
		if (place == line || !isalnum((unsigned char)place[-1]))
			return true;
		place++;
	}

	return false;
}

void log_must_be_sound(void)
{
	size_t i;
	int line;

	log_read();
	for (line = 0; line < lines_read; line++)
		for (i = 0; i < ARRAY_SIZE(bad); i++)
			must(!has_word(lines[line], bad[i]) || is_late(lines[line]) ||
			     (excused && strstr(lines[line], excused)), "the kernel said '%s'", lines[line]);
}
