// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's variant, and what the machine has and does. scripts/hi/matrix.py passes both. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments.h"

unsigned int variant, here;

static const char * const variants[] = {
	"modular", "forced", "nounload", "builtin", "nomodules", "debug", "smp", "kasan", "stock",
};

bool word_in(const char *word, const char *list, const char *separators)
{
	size_t length = strlen(word);
	const char *place = list;

	for (; (place = strstr(place, word)); place++)
		if ((place == list || strchr(separators, place[-1])) &&
		    (!place[length] || strchr(separators, place[length])))
			return true;

	return false;
}

unsigned int variant_named(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(variants); i++)
		if (!strcmp(variants[i], name))
			return 1 << i;
	fprintf(stderr, "experiments: unknown variant '%s'\n", name);
	exit(2);
}

unsigned int what_is_here(const char *words)
{
	static const struct {
		const char *word;
		unsigned int what;
	} known[] = {
		{ "kmod", KMOD },
		{ "init-freed", INIT_FREED },
		{ "init-kept", INIT_KEPT },
		{ "exit-freed", EXIT_FREED },
		{ "exit-discarded", EXIT_DISCARDED },
		{ "exit-kept", EXIT_KEPT },
		{ "long", LONG },
		{ "faults", FAULTS },
		{ "force-load", FORCE_LOAD },
		{ "force-unload", FORCE_UNLOAD },
		{ "no-force-unload", NO_FORCE_UNLOAD },
		{ "versions", VERSIONS },
		{ "srcversion", SRCVERSION },
	};
	unsigned int what = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (word_in(known[i].word, words, ","))
			what |= known[i].what;

	return what;
}
