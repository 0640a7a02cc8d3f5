// SPDX-License-Identifier: GPL-2.0-only
/*
 * The transcript of an experiment, and its verdict: a line of TAP and a YAML block,
 * https://testanything.org/tap-version-13-specification.html
 */

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "experiments.h"

static jmp_buf failed;
static FILE *transcript;
static int left_out_count;
static char seen[4096];		/* by what an experiment failed */

void note(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vfprintf(transcript, format, arguments);
	va_end(arguments);
}

void left_out(const char *program)
{
	left_out_count++;
	note("# %s: left out, for this guest has no kmod\n", program);
}

void fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (!seen[0])	/* what follows from the first failure is none of its own */
		vsnprintf(seen, sizeof(seen), format, arguments);
	va_end(arguments);
	longjmp(failed, 1);
}

void must_die(const char *by)
{
	char line[128];
	/* One write is one record; dprintf() asks for a position first, and there is none. */
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC),
	    length = snprintf(line, sizeof(line), "experiments: the kernel must die: %s\n", by);

	must(fd >= 0 && write(fd, line, length) == length, "/dev/kmsg: %m");
	close(fd);
}

/* As a block of YAML: each line indented, and what no YAML can hold replaced. */
static void print_block(const char *key, const char *text)
{
	const char *c;

	printf("  %s: |\n    ", key);
	for (c = text; *c; c++) {
		if (*c == '\n' && !c[1])
			break;
		if (*c == '\n')
			fputs("\n    ", stdout);
		else
			putchar((unsigned char)*c < ' ' && *c != '\t' ? '?' : *c);
	}
	putchar('\n');
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);

	return now.tv_sec + now.tv_nsec / 1e9;
}

/* What the verdict port has not sent yet is lost when the kernel dies. */
static void send(void)
{
	fflush(stdout);
	tcdrain(STDOUT_FILENO);
}

bool run_experiment(int number, const struct experiment *experiment)
{
	volatile double begin = seconds();
	static char *text;
	size_t length;

	printf("# experiment %d: %s\n", number, experiment->title);
	send();
	seen[0] = '\0';
	left_out_count = 0;
	transcript = open_memstream(&text, &length);
	if (!setjmp(failed)) {
		residue_begin();
		log_begin();
		experiment->run();
		log_must_be_sound();
		residue_must_be_none();
	} else if (!setjmp(failed)) {
		log_read();
		residue_clear();
		log_read();
	}
	fclose(transcript);

	printf("%s %d - %s\n  ---\n", seen[0] ? "not ok" : "ok", number, experiment->title);
	printf("  claims: %s\n  seconds: %.2f\n", experiment->claims, seconds() - begin);
	if (left_out_count)
		printf("  left_out: %d\n", left_out_count);
	if (seen[0])
		print_block("seen", seen);
	print_block("transcript", text);
	printf("  ...\n");
	send();
	free(text);

	return !seen[0];
}
