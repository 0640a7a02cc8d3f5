/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs in a guest share. Calls go one way: from test.c to system.c, log.c and
 * transcript.c. No file in this list calls an earlier one.
 *
 * A test does something to the running kernel and says what must follow. It ends at the first
 * thing that is not as it must be. All that it does, and all that the kernel logs meanwhile, goes
 * into its transcript.
 */

#ifndef _GUEST_H
#define _GUEST_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* --- transcript.c: what is written down, and what must be --------------------- */

extern struct transcript {
	FILE *file;
	jmp_buf failed;		/* where fail() jumps to */
	char seen[4096];	/* why the test failed */
	char point[1024];	/* where it was made to fail, for the report, or "" */
	char skipped[256];	/* why it did nothing, or "" */
} transcript;

/* Adds to the transcript. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Ends the test, saying what was seen. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#define must(condition, ...) do { if (!(condition)) fail(__VA_ARGS__); } while (0)

/* --- log.c: what the kernel says ----------------------------------------------- */

void log_open(void);
/* Drops all lines that were read so far. */
void log_begin(void);
/* Reads the new lines, and copies them to the transcript. */
void log_read(void);
/* Starts again at the first line of the boot. */
void log_from_boot(void);
/* The first line since the test began that contains the text, or NULL. */
const char *log_find(const char *text);
/* A place in the log, and whether it contains the text from there on. */
int log_mark(void);
bool log_says_since(int mark, const char *text);
/* The lines of WHO since the last such call are exactly these; NULL ends them. */
void log_must_be(const char *who, ...) __attribute__((sentinel));
void log_must_say(const char *text);
void log_must_not_say(const char *text);
/* This test tolerates lines with this text. */
void log_may_say(const char *text);
/* No line since the test began reports a bug. */
void log_must_be_sound(void);

/* --- system.c: what is done to the kernel, and what it shows of itself --------- */

struct module_line {
	char name[64], users[256], state[16];
	long size, references;
	bool permanent;
};

/* /modules/NAME.ko, or a path, opened to be read. */
int open_module(const char *module);
/* finit_module of such a file. 0 or a negative errno. */
int load_with(const char *module, const char *parameters, int flags);
void load(const char *module, const char *parameters, int expected);
/* The same in a child process, whose exit status is the errno. */
pid_t load_in_background(const char *module, const char *parameters);
/* delete_module, with O_NONBLOCK and FLAGS. 0 or a negative errno. */
int unload_with(const char *name, int flags);
void unload(const char *name, int expected);
/* "EBUSY" for -EBUSY, "success" for 0. */
const char *name_of(int error);

bool listed(const char *name, struct module_line *line);
void must_be_listed(const char *name, const char *state);
void must_not_be_listed(const char *name);
bool exists(const char *path);
/* A file's content without its last newline; the test fails where it cannot be read. */
char *content(const char *path);
void must_contain(const char *path, const char *expected);
/* The value of a line such as "VmallocUsed:   1234 kB" */
long number_in(const char *path, const char *key);
/* The address of a kernel symbol, of MODULE where that is not NULL. False where there is none. */
bool symbol(const char *name, const char *module, unsigned long *address);
long taint(void);

/* --- test.c ------------------------------------------------------------------- */

/**
 * struct test - what is done, and how it is named
 * @title: names it in the verdict
 * @claims: what it shows, or NULL
 * @run: does it, and calls fail() where something is not as it must be
 * @clear: cleans up after a failure
 * @left_out: how many things the guest lacked for it, or NULL
 * @data: for @run and @clear
 */
struct test {
	const char *title, *claims;
	void (*run)(const void *data);
	void (*clear)(const void *data);
	int (*left_out)(void);
	const void *data;
};

/* Runs it with a transcript of its own and prints the verdict. Returns whether it is good. */
bool run_test(int number, const struct test *test);

#endif /* _GUEST_H */
