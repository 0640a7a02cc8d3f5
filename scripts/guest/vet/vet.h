/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The experiments of scripts/vet. They know nothing of the modules. Calls go one way: from
 * main.c to the experiments (loading.c, faults.c, files.c, races.c, parameters.c, builtin.c), then to cases.c,
 * subject.c, helper.c, stock.c and memory.c, and then to ../common.
 *
 * A case is one test: something is done to the module, and then nothing of it may be left, and the
 * kernel must have nothing to complain of. It is named EXPERIMENT:MODULE:WHAT.
 */

#ifndef _VET_H
#define _VET_H

#include "guest.h"

#define NEEDS_MAX 16

struct outcome;

/**
 * struct subject - a module that is looked at
 * @name: of the module and of its file
 * @parameters: what it is loaded with
 * @needs: modules that are loaded before it, in this order
 * @needs_count: how many
 * @init: its init function, or ""
 * @permanent: it has an init function and no exit function
 */
struct subject {
	char name[64], parameters[512];
	char needs[NEEDS_MAX][64];
	int needs_count;
	char init[128];
	bool permanent;
};

/* --- the experiments --------------------------------------------------------------- */

void load_often(void);			/* V1, and after all modules: */
void find_leaks(void);
void fail_allocations(void);		/* V2 */
void fail_calls(void);			/* V3 */
void hold_files(void);			/* V4 */
void race(void);			/* V5 */
void try_parameters(void);		/* V6 */
void look_at_boot(void);		/* V8, and for each module: */
void look_at_init(void);
void load_twice(void);			/* V9 */

/* --- faults.c: what else can be made to fail --------------------------------------- */

/**
 * struct fault - a call or an allocation of init that fails
 * @function: that is called; NULL: an allocation
 * @n: which one
 * @value: what the function returns
 * @undo: the function that would undo it, or ""
 * @undo_same: it does so only if its first argument is the same
 * @pause_ms: how long it takes to fail
 */
struct fault {
	const char *function;
	int n;
	long value;
	const char *undo;
	bool undo_same;
	int pause_ms;
};

/* Calls EACH for every call of init that vet can make fail. */
void each_call(void (*each)(const struct fault *fault));

/*
 * Puts probes on the calls that init or exit make. RACED: also on those that allocate. Returns how many
 * init makes.
 */
int probe_calls(bool raced);

/* Loads the subject with that fault. Sets the transcript's point. */
int load_with_fault(const struct fault *fault, struct outcome *outcome);

/* --- cases.c: which cases there are ------------------------------------------------ */

/*
 * Only this case, or only those after this one; "" for none. begin_cases() names the experiment
 * and the module in the titles that follow.
 */
extern char only[512], only_after[512];
/* After this time a case counts as hung. */
extern int hung_seconds;
void begin_cases(const char *experiment, const char *module);

/* Runs a case if it is wanted. The program ends after one that failed: the kernel may be broken. */
void run_case(const char *what, void (*run)(const void *data), const void *data);
/* Runs a case even if it is not wanted, because other cases depend on it. */
void run_always(const char *what, void (*run)(const void *data), const void *data);
/* Reports a case that cannot be done. */
void leave_out(const char *what, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The experiment says nothing of this module. */
void does_not_apply(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Ends a case that turned out to have nothing to do. */
void skip(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
/* Ends such a case and the boot: the guest can do no other case. hi/vet.py recognizes REASON. */
void skip_the_rest(const char *reason) __attribute__((noreturn));
/* Starts a process that shows on the console where a case is that does not end, and ends the guest then. */
void watch_cases(void);
/* Prints the plan of TAP. */
void end_cases(void);

/* --- subject.c: the module ------------------------------------------------------------ */

extern const struct subject *subject;

/* What a load of the subject does by itself. A permanent one has not been loaded yet. */
extern struct usual {
	int error;			/* of the load */
	bool has_init;
	int returned, allocations;	/* by init */
	bool alike[8192];		/* [N]: the Nth allocation has the callers of three before it */
	char *files[512];		/* that it brings, and that can be opened */
	int file_count;
} usual;

/* The empty module: learns what the kernel changes by itself. */
void learn(const void *data);
/* Loads what the subject needs; loads and unloads it, and fills usual. */
void subject_begin(const void *data);
/* Unloads what the subject needs. */
void subject_end(const void *data);

/* Loads it, with more parameters. 0 or a negative errno. */
int load_subject(const char *more);
/* The same without more parameters. The outcome says what its init function did. */
int load_and_read(struct outcome *outcome);
/* Unloads it. The kernel may find it in use for a while. */
void unload_subject(void);
/* The same, but false if it stays in use. */
bool unload_if_unused(void);
/* Whether the subject is loaded as it should be, and unloaded. */
void must_still_work(void);
/* Nothing of it is left, and the kernel complained of nothing. */
void must_be_clean(void);
/* Fails unless init returned 0 or a negative errno. */
void must_return_well(const struct outcome *outcome);
/* Nothing has more memory than when a case last asked. If so, REPEAT tells whether it grows each time. */
void must_keep_memory(void (*repeat)(const void *data), const void *data);

/* --- helper.c: vet_faults --------------------------------------------------------------- */

/* What a load did. */
struct outcome {
	bool ran, hit, undone;
	int returned, allocations;
	bool alike[8192];
	char stack[8192];	/* the callers of what failed, a line each */
};

void helper_target(const char *name);
/* False where the kernel allows no probe. */
bool helper_probe(const char *function);
/* For the next load. */
void helper_fail(const struct fault *fault);
/* From now on each call of init and exit that has a probe waits for another module, for MS at most. */
void helper_slow(int ms);
/* Whether each unload waits for memory that the kernel frees a little later than exit asks for it. */
void helper_settle(bool settle);
void helper_read(struct outcome *outcome);
/* How often init called a function. */
int calls_of(const char *function);

/* --- stock.c: names ------------------------------------------------------------------------ */

/* All that the kernel has by name, a line each, sorted. */
struct stock {
	char **lines;
	int count;
};

void stock_take(struct stock *stock);
void stock_free(struct stock *stock);
/*
 * The first line at or after *FROM of AFTER that is not in BEFORE, or NULL. What the kernel changes
 * by itself does not count.
 */
const char *stock_new(const struct stock *before, const struct stock *after, int *from);
/* Between the two the kernel changed by itself what differs. */
void stock_learn(const struct stock *before, const struct stock *after);

/* --- memory.c: who has how much ------------------------------------------------------------- */

/* Counts of /proc/allocinfo, by place in the source, sorted. Empty where the kernel does not count. */
struct memory {
	struct place {
		char *name;
		long calls;
	} *places;
	int count;
};

void memory_read(struct memory *memory);
void memory_free(struct memory *memory);
/*
 * Returns the first place of AFTER that has at least BY more allocations than in BEFORE, or NULL. Begins
 * at index *FROM, and sets *FROM to the index after that place.
 */
const char *memory_grown(const struct memory *before, const struct memory *after, long by, int *from);
/* Between the two the kernel did LOADS loads: what grew with each of them grows by itself. */
void memory_learn(const struct memory *before, const struct memory *after, long loads);
/* Whether kmemleak is on. */
bool has_kmemleak(void);
/* What it finds now is none of the module's. */
void forget_leaks(void);
/* What it finds, or NULL. */
const char *find_leak(void);

#endif /* _VET_H */
