// SPDX-License-Identifier: GPL-2.0-only
/* Runs an experiment. Afterwards the log must report no bug, and nothing may stay behind. */

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "experiments.h"

void must_die(const char *by)
{
	char line[128];
	/* A record is one write(). dprintf() fails here: it calls lseek(), which /dev/kmsg refuses. */
	int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC),
	    length = snprintf(line, sizeof(line), "experiments: the kernel must die: %s\n", by);

	must(fd >= 0 && write(fd, line, length) == length, "/dev/kmsg: %m");
	close(fd);
}

static void run(const void *data)
{
	const struct experiment *experiment = data;

	residue_begin();
	log_begin();
	experiment->run();
	log_must_be_sound();
	residue_must_be_none();
}

static void clear(const void *data)
{
	(void)data;
	residue_clear();
}

bool run_experiment(int number, const struct experiment *experiment)
{
	const struct test test = {
		.title = experiment->title, .claims = experiment->claims,
		.run = run, .clear = clear, .left_out = take_left_out, .data = experiment,
	};

	return run_test(number, &test);
}
