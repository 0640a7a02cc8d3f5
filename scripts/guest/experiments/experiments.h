/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The experiments that prove the claims about the life cycle of modules. main.c selects them,
 * and runner.c runs each. Calls go one way: from runner.c to residue.c and then to ../common.
 *
 * An experiment does something to the running kernel and says what must follow. It
 * ends at the first thing that is not as it must be. All that it does, and all that
 * the kernel logs meanwhile, goes into its transcript.
 */

#ifndef _EXPERIMENTS_H
#define _EXPERIMENTS_H

#include "guest.h"

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
	STOCK		= 1 << 8,	/* a kernel that somebody else has built */

	/* What modules may do is as usual there; what watches over it is not. */
	USUAL		= MODULAR | DEBUG | SMP | KASAN,
	UNLOADABLE	= USUAL | FORCED | STOCK,
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
	FORCE_LOAD	= 1 << 8,	/* modules can be loaded by force */
	FORCE_UNLOAD	= 1 << 9,
	NO_FORCE_UNLOAD	= 1 << 10,
	VERSIONS	= 1 << 11,	/* symbols have versions */
	SRCVERSION	= 1 << 12,	/* each module has a checksum of its source */
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

/* --- commands.c: the programs of kmod ------------------------------------------- */

/*
 * Runs a command line of kmod; its output is in command_output. In a guest without kmod it
 * loads and unloads what is to be loaded and unloaded by a system call, leaves out the rest,
 * and says so.
 */
extern char command_output[65536];
void command(int expected, const char *format, ...) __attribute__((format(printf, 2, 3)));
void command_must_say(const char *text);

/* How many programs the guest lacked since the last call. */
int take_left_out(void);

/* --- residue.c: what stays behind ---------------------------------------------- */

void residue_begin(void);
/* From now on this name may stay, or this taint flag. */
void stays(const char *name);
void taints(int bit);
void residue_must_be_none(void);
/* Unloads what the experiment left loaded when it failed. */
void residue_clear(void);

/* --- runner.c -------------------------------------------------------------------- */

/*
 * Says on the console by what the kernel must die now. Where it does not, the experiment goes on,
 * and is to fail.
 */
void must_die(const char *by);

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
