// SPDX-License-Identifier: GPL-2.0-only
/*
 * experiments list VARIANT [CLAIM]...
 *	what is to be done for a variant, a line each, by tabs:
 *		boot		NAME	WORDS FOR THE COMMAND LINE
 *		experiment	BOOT	CLAIMS	TITLE
 *		dies		BOOT	CLAIMS	TITLE		the same, and the kernel must die of it
 *		absent		CLAIM	WHY IT DOES NOT APPLY
 * experiments
 *	does it, in the guest: those of hi_variant and hi_boot (several by commas), and of
 *	hi_claims (the same) where that is set; all three come from the kernel's command line.
 *	With hi_stop on the command line, the program ends after the first failure
 *
 * In the environment, for both: hi_here, by commas: kmod, where the guest has it; long, where
 * what takes an emulated guest longer than ten seconds is done too; faults, where an access to
 * freed memory is one; init-freed or init-kept,
 * exit-freed, exit-discarded or exit-kept: what becomes of built-in code; force-load, force-unload
 * or no-force-unload, versions, srcversion: what the kernel is configured to do.
 *
 * Exit status: 0 good, 1 an experiment failed, 2 wrong usage.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "experiments.h"

/* Each allocation costs kmemleak several of its own, which can fail as well. */
#define NO_KMEMLEAK "kmemleak=off"

/* hi_fail says what it does, and the kernel which init functions it calls. */
#define FAIL_AT_BOOT "hi_fail.dyndbg=+p initcall_debug log_buf_len=1M "

/* What an experiment asks of the command line; each boot is a guest of its own. */
static const struct {
	const char *name, *words;
} boots[] = {
	{ "main",	"" },
	{ "main-more",	"" },	/* debug, which is slow, does it in two boots */
	{ "at-boot",	"hi.dyndbg=+p hi.depth=16 hi_fail.dyndbg=+p hi_bare.number=16" },
	{ "stay",	"" },
	{ "name-taken",	"" },
	{ "faults",	NO_KMEMLEAK },
	{ "faults-last", NO_KMEMLEAK },
	{ "faults-rest", NO_KMEMLEAK },
	{ "leaks",	"" },
	{ "stay-positive", "" },
	{ "memory",	"" },
	{ "parameters",	"" },
	{ "publish-first", "kasan.fault=panic" },
	{ "publish-last", "" },
	{ "minus-one",	FAIL_AT_BOOT "hi_fail.init_return=-1" },
	{ "minus-five",	FAIL_AT_BOOT "hi_fail.init_return=-5" },
	{ "fail-first",	FAIL_AT_BOOT "hi_fail.fail_at=buffer hi_cleanup.dyndbg=+p hi_cleanup.fail_at=notifier" },
	{ "fail-second", FAIL_AT_BOOT "hi_fail.fail_at=notifier" },
	{ "fail-third",	FAIL_AT_BOOT "hi_fail.fail_at=workqueue" },
	{ "positive",	"hi_fail.dyndbg=+p hi_fail.init_return=42" },
	{ "positive-seen", FAIL_AT_BOOT "hi_fail.init_return=42" },
	{ "bad-values",	"initcall_debug log_buf_len=1M hi.depth=0 hi_fail.fail_at=nothing" },
};

/* Why a claim says nothing of a variant. */
static const struct {
	const char *claim;
	unsigned int variants;
	const char *reason;
	unsigned int needs;
} absences[] = {
	{ "C2", NOUNLOAD, "nothing is unloaded, so exit never runs" },
	{ "C2", BUILT_IN, "built-in code is never unloaded, so exit never runs" },
	{ "C7", BUILT_IN, "this architecture never frees its init memory", INIT_KEPT },
	{ "C8", BUILT_IN, "this architecture keeps built-in exit code: see C16", EXIT_KEPT },
	{ "C11", NOUNLOAD, "no module can be unloaded, permanent or not" },
	{ "C11", BUILT_IN, "what is built in is no module to be unloaded" },
	{ "C12", NOUNLOAD, "no module can be unloaded, by force or not" },
	{ "C12", BUILT_IN, "what is built in is no module to be unloaded" },
	{ "C13", NOUNLOAD, "no module can be unloaded, bare or not" },
	{ "C13", BUILT_IN, "what is built in is no module to be unloaded" },
	{ "C15", NOUNLOAD, "no module can be unloaded, in use or not" },
	{ "C15", BUILT_IN, "what is built in is no module to be unloaded" },
	{ "C16", LOADABLE, "the driver is not built in" },
	{ "C17", LOADABLE, "the driver is not built in" },
	{ "C17", NOMODULES, "no module can be inserted" },
	{ "C18", BUILT_IN, "built-in code stays where it is when its init function fails" },
};

static const struct experiment * const all[] = {
	loading, failing, memory, unloading, configuration, parameters, builtin, debug,
	publishing,
};

/* Whether one of an experiment's claims is in the list, by commas; an empty one has all. */
static bool wanted(const char *claims, const char *list)
{
	char *words = strdup(claims), *rest = words, *word;
	bool found = !*list;

	while (!found && (word = strsep(&rest, " ")))
		found = word_in(word, list, ",");
	free(words);

	return found;
}

/* The next experiment after this one, across all tables. */
static const struct experiment *next(size_t *table, const struct experiment *experiment)
{
	experiment = experiment ? experiment + 1 : all[*table];
	while (!experiment->run && ++*table < ARRAY_SIZE(all))
		experiment = all[*table];

	return *table < ARRAY_SIZE(all) ? experiment : NULL;
}

static bool selected(const struct experiment *experiment, const char *boot, const char *claims)
{
	return experiment->variants & variant && !(experiment->needs & ~here) && (!boot || word_in(experiment->boot, boot, ",")) &&
		wanted(experiment->claims, claims);
}

static int list(const char *claims)
{
	/* Nobody will ask it. */
	bool no_kmemleak = variant == DEBUG && !(here & LONG);
	const struct experiment *experiment;
	size_t i, table;

	for (i = 0; i < ARRAY_SIZE(boots); i++) {
		bool needed = false;

		for (table = 0, experiment = NULL; (experiment = next(&table, experiment)); )
			needed |= selected(experiment, boots[i].name, claims);
		if (needed)
			printf("boot\t%s\t%s%s\n", boots[i].name, boots[i].words,
			       no_kmemleak && !strstr(boots[i].words, NO_KMEMLEAK) ? " " NO_KMEMLEAK : "");
	}
	for (table = 0, experiment = NULL; (experiment = next(&table, experiment)); )
		if (selected(experiment, NULL, claims))
			printf("%s\t%s\t%s\t%s\n", experiment->dies ? "dies" : "experiment",
			       experiment->boot, experiment->claims, experiment->title);
	for (i = 0; i < ARRAY_SIZE(absences); i++)
		if (absences[i].variants & variant && !(absences[i].needs & ~here) &&
		    wanted(absences[i].claim, claims))
			printf("absent\t%s\t%s\n", absences[i].claim, absences[i].reason);

	return 0;
}

static const char *from_command_line(const char *name)
{
	const char *value = getenv(name);

	if (!value) {
		fprintf(stderr, "experiments: the command line has no %s\n", name);
		exit(2);
	}

	return value;
}

/* The first module without a signature taints a stock kernel, which logs this once. */
static void load_first(void)
{
	int fd = open("/modules/empty_exit.ko", O_RDONLY | O_CLOEXEC);

	if (syscall(SYS_finit_module, fd, "", 0) || syscall(SYS_delete_module, "empty_exit", 0)) {
		perror("empty_exit");
		exit(2);
	}
	close(fd);
}

static int run(void)
{
	const char *boot = from_command_line("hi_boot"), *claims = getenv("hi_claims") ?: "";
	const struct experiment *experiment;
	int number = 0, count = 0;
	bool good = true, stop = getenv("hi_stop");
	size_t table;

	variant = variant_named(from_command_line("hi_variant"));
	log_open();
	if (variant == STOCK)
		load_first();
	for (table = 0, experiment = NULL; (experiment = next(&table, experiment)); )
		count += selected(experiment, boot, claims);
	printf("1..%d\n", count);
	for (table = 0, experiment = NULL; (good || !stop) && (experiment = next(&table, experiment)); )
		if (selected(experiment, boot, claims))
			good &= run_experiment(++number, experiment);

	return good ? 0 : 1;
}

int main(int argc, char *argv[])
{
	char claims[1024] = "";
	int i;

	here = what_is_here(getenv("hi_here") ?: "");
	if (argc == 1)
		return run();
	if (argc < 3 || strcmp(argv[1], "list")) {
		fprintf(stderr, "usage: experiments [list VARIANT [CLAIM]...]\n");
		return 2;
	}
	variant = variant_named(argv[2]);
	for (i = 3; i < argc; i++)
		snprintf(claims + strlen(claims), sizeof(claims) - strlen(claims), "%s%s",
			 *claims ? "," : "", argv[i]);

	return list(claims);
}
