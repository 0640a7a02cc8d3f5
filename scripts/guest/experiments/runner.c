// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs an experiment and prints its verdict: a line of TAP and a YAML block,
 * https://testanything.org/tap-version-13-specification.html
 */

#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "experiments.h"

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
	transcript.seen[0] = '\0';
	transcript.left_out = 0;
	transcript.file = open_memstream(&text, &length);
	if (!setjmp(transcript.failed)) {
		residue_begin();
		log_begin();
		experiment->run();
		log_must_be_sound();
		residue_must_be_none();
	} else if (!setjmp(transcript.failed)) {
		log_read();
		residue_clear();
		log_read();
	}
	fclose(transcript.file);

	printf("%s %d - %s\n  ---\n", transcript.seen[0] ? "not ok" : "ok", number, experiment->title);
	printf("  claims: %s\n  seconds: %.2f\n", experiment->claims, seconds() - begin);
	if (transcript.left_out)
		printf("  left_out: %d\n", transcript.left_out);
	if (transcript.seen[0])
		print_block("seen", transcript.seen);
	print_block("transcript", text);
	printf("  ...\n");
	send();
	free(text);

	return !transcript.seen[0];
}
