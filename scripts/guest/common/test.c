// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a test and prints its verdict: a line of TAP and a YAML block,
 * https://testanything.org/tap-version-13-specification.html
 */

#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "guest.h"

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

bool run_test(int number, const struct test *test)
{
	volatile double begin = seconds();
	static char *text;
	size_t length;
	int left_out;

	printf("# experiment %d: %s\n", number, test->title);
	send();
	transcript.seen[0] = transcript.point[0] = transcript.skipped[0] = '\0';
	transcript.file = open_memstream(&text, &length);
	if (!setjmp(transcript.failed)) {
		test->run(test->data);
	} else if (!setjmp(transcript.failed)) {
		log_read();
		test->clear(test->data);
		log_read();
	}
	fclose(transcript.file);

	printf("%s %d - %s", transcript.seen[0] ? "not ok" : "ok", number, test->title);
	if (!transcript.seen[0] && transcript.skipped[0])
		printf(" # SKIP %s", transcript.skipped);
	printf("\n  ---\n");
	if (test->claims)
		printf("  claims: %s\n", test->claims);
	printf("  seconds: %.2f\n", seconds() - begin);
	left_out = test->left_out ? test->left_out() : 0;
	if (left_out)
		printf("  left_out: %d\n", left_out);
	if (transcript.point[0])
		print_block("point", transcript.point);
	if (transcript.seen[0])
		print_block("seen", transcript.seen);
	print_block("transcript", text);
	printf("  ...\n");
	send();
	free(text);

	return !transcript.seen[0];
}
