// SPDX-License-Identifier: GPL-2.0-only
/* The programs of kmod, and system calls in guests that lack them. */

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "experiments.h"

char command_output[65536];

static int commands_left_out;

static void left_out(const char *program)
{
	commands_left_out++;
	note("# %s: left out, for this guest has no kmod\n", program);
}

int take_left_out(void)
{
	int count = commands_left_out;

	commands_left_out = 0;

	return count;
}

static void run_words(char *line, int output)
{
	char *words[32], *word, *rest = line;
	size_t count = 0;

	while ((word = strsep(&rest, " ")) && count < 31)
		words[count++] = word;
	words[count] = NULL;
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	execvp(words[0], words);
	perror(words[0]);
	_exit(127);
}

/* What insmod and rmmod do to the kernel is needed; what they say cannot be had. */
static void without_kmod(int expected, char *line)
{
	char *program = strsep(&line, " "), *name = strsep(&line, " ");
	int error = 0;

	left_out(program);
	if (!strcmp(program, "insmod") && *name == '/')
		error = load_with(name, line ?: "", 0);
	else if (!strcmp(program, "rmmod"))
		error = unload_with(name, 0);
	else
		return;
	must(!error == !expected, "the system call of %s: %s", program, name_of(error));
}

void command(int expected, const char *format, ...)
{
	size_t length = 0;
	int ends[2], status;
	char line[1024];
	va_list arguments;
	ssize_t count;
	pid_t child;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (!(here & KMOD)) {
		without_kmod(expected, line);
		return;
	}
	note("# %s\n", line);
	must(pipe2(ends, O_CLOEXEC) == 0, "pipe: %m");
	child = fork();
	must(child >= 0, "fork: %m");
	if (!child)
		run_words(line, ends[1]);
	close(ends[1]);
	while ((count = read(ends[0], command_output + length,
			     sizeof(command_output) - 1 - length)) > 0)
		length += count;
	close(ends[0]);
	command_output[length] = '\0';
	waitpid(child, &status, 0);
	note("%s", command_output);
	log_read();
	must(WIFEXITED(status), "'%s' was killed by signal %d", line, WTERMSIG(status));
	must(WEXITSTATUS(status) == expected, "'%s' ended with %d, not %d: %s",
	     line, WEXITSTATUS(status), expected, command_output);
}

void command_must_say(const char *text)
{
	must(!(here & KMOD) || strstr(command_output, text), "not '%s', but: %s", text, command_output);
}
