/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The experiments that prove the claims about the life cycle of modules. main.c selects them,
 * and runner.c runs each. Calls go one way: from runner.c to residue.c, system.c, log.c and
 * transcript.c. No file in this list calls an earlier one.
 *
 * An experiment does something to the running kernel and says what must follow. It
 * ends at the first thing that is not as it must be. All that it does, and all that
 * the kernel logs meanwhile, goes into its transcript.
 */

#ifndef _EXPERIMENTS_H
#define _EXPERIMENTS_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/* The kernel's variants, see scripts/configs/variant. */
enum {
	MODULAR		= 1 << 0,
	FORCED		= 1 << 1,
	NOUNLOAD	= 1 << 2,
	BUILTIN		= 1 << 3,
	NOMODULES	= 1 << 4,
	DEBUG		= 1 << 5,
	SMP		= 1 << 6,
	KASAN		= 1 << 7,

	/* What modules may do is as usual there; what watches over it is not. */
	USUAL		= MODULAR | DEBUG | SMP | KASAN,
	UNLOADABLE	= USUAL | FORCED,
	LOADABLE	= UNLOADABLE | NOUNLOAD,
	WITH_KASAN	= DEBUG | KASAN,
	BUILT_IN	= BUILTIN | NOMODULES,
	EVERYWHERE	= LOADABLE | BUILT_IN,
};

/* What the machine has and does, see what_is_here(). */
enum {
	KMOD		= 1 << 0,	/* the guest has insmod, rmmod, lsmod, modinfo */
	INIT_FREED	= 1 << 1,	/* built-in init code is freed at boot */
	INIT_KEPT	= 1 << 2,
	EXIT_FREED	= 1 << 3,	/* and built-in exit code */
	EXIT_DISCARDED	= 1 << 4,
	EXIT_KEPT	= 1 << 5,
	FAULTS		= 1 << 7,	/* an access to memory that was freed is a fault */
	LONG		= 1 << 6,	/* what takes an emulated guest longer than ten seconds is done too */
};

/**
 * struct experiment - what to do, and where
 * @boot: the boot in which it is done, see boots[]
 * @claims: what it shows, such as "C3 C4"
 * @variants: those in which it is done
 * @title: what it does, and what follows
 * @run: does it
 * @needs: what must be here for it
 * @dies: the kernel must die of it, after must_die()
 */
struct experiment {
	const char *boot;
	const char *claims;
	unsigned int variants;
	const char *title;
	void (*run)(void);
	unsigned int needs;
	bool dies;
};

/* Each ends with an entry that is all zeros. */
extern const struct experiment loading[], failing[], memory[], unloading[],
	configuration[], parameters[], builtin[], debug[], publishing[];

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* --- here.c: the variant, and what the machine has ------------------------------ */

/* The variant of the running kernel, and a set of flags such as KMOD. */
extern unsigned int variant, here;

/* Whether a word is in a list. SEPARATORS are the characters between the list's words. */
bool word_in(const char *word, const char *list, const char *separators);
/* The variant of this name. An unknown one ends the program. */
unsigned int variant_named(const char *name);
/* Turns words such as "kmod,faults" into flags. */
unsigned int what_is_here(const char *words);

/* --- changes.c: what kernels since some release do otherwise ------------------- */

/* Whether the kernel that runs has a change of scripts/claims; says so in the transcript. */
bool changed(const char *name);

/* --- transcript.c: what is written down, and what must be --------------------- */

extern struct transcript {
	FILE *file;
	jmp_buf failed;		/* where fail() jumps to */
	char seen[4096];	/* why the experiment failed */
	int left_out;		/* how many programs of kmod the guest lacked */
} transcript;

/* Adds to the transcript. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Counts a program of kmod that would have been run in a guest that has it. */
void left_out(const char *program);

/* Ends the experiment, saying what was seen. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#define must(condition, ...) do { if (!(condition)) fail(__VA_ARGS__); } while (0)

/*
 * Says on the console by what the kernel must die now. Where it does not, the experiment goes on,
 * and is to fail.
 */
void must_die(const char *by);

/* --- log.c: what the kernel says ----------------------------------------------- */

void log_open(void);
/* Forgets what was said so far. */
void log_begin(void);
/* Reads what was said since it was last read, into the transcript too. */
void log_read(void);
/* Goes back to what was said at boot. */
void log_from_boot(void);
/* The first line since the experiment began that contains the text, or NULL. */
const char *log_find(const char *text);
/* A place in the log, and whether it contains the text from there on. */
int log_mark(void);
bool log_says_since(int mark, const char *text);
/* The lines of WHO since the last such call are exactly these; NULL ends them. */
void log_must_be(const char *who, ...) __attribute__((sentinel));
void log_must_say(const char *text);
void log_must_not_say(const char *text);
/* A line with this text is no word of a bug, in this experiment. */
void log_may_say(const char *text);
/* No word of a bug since the experiment began. */
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

/*
 * Runs a command line of kmod; its output is in command_output. In a guest without kmod it
 * loads and unloads what is to be loaded and unloaded by a system call, leaves out the rest,
 * and says so.
 */
extern char command_output[65536];
void command(int expected, const char *format, ...) __attribute__((format(printf, 2, 3)));
void command_must_say(const char *text);

bool listed(const char *name, struct module_line *line);
void must_be_listed(const char *name, const char *state);
void must_not_be_listed(const char *name);
bool exists(const char *path);
/* A file's content without its last newline; the experiment fails where it cannot be read. */
char *content(const char *path);
void must_contain(const char *path, const char *expected);
/* The value of a line such as "VmallocUsed:   1234 kB" */
long number_in(const char *path, const char *key);
/* The address of a kernel symbol, of MODULE where that is not NULL. False where there is none. */
bool symbol(const char *name, const char *module, unsigned long *address);
long taint(void);

/* --- residue.c: what stays behind ---------------------------------------------- */

void residue_begin(void);
/* From now on this name may stay, or this taint flag. */
void stays(const char *name);
void taints(int bit);
void residue_must_be_none(void);
/* Unloads what the experiment left loaded when it failed. */
void residue_clear(void);

/* --- runner.c -------------------------------------------------------------------- */

/* Runs it with a transcript of its own and prints the verdict. Returns whether it is good. */
bool run_experiment(int number, const struct experiment *experiment);

/* --- hi.c: the driver ---------------------------------------------------------- */

#define STEPS_DONE	"log allocated", "notifier registered", "device registered"
#define STEPS_UNDONE	"device deregistered", "notifier unregistered", "log freed"
/* Those of hi_fail. */
#define FAIL_STEPS_DONE		"buffer allocated", "notifier registered", "workqueue allocated"
#define FAIL_STEPS_UNDONE	"workqueue destroyed", "notifier unregistered", "buffer freed"

/* What is built in: hi, or hi_fail in a kernel without modules, in which there is no hi. */
const char *built_in_driver(void);

/* /dev/hi, opened without blocking. */
int open_device(void);
/* Another module comes, and whoever reads sees it. */
void must_record(int fd);
/* The device can be opened, and does the above. */
void must_work(void);
/* Neither device nor module nor parameters are there. */
void must_be_absent(void);

#endif /* _EXPERIMENTS_H */
