// SPDX-License-Identifier: GPL-2.0-only
/* What kernels since some release do otherwise: the lines of scripts/claims with a release. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "experiments.h"

static const struct {
	const char *name, *text;
	unsigned int version, patchlevel;
} changes[] = {
#include "changes.h"
	{ }
};

bool changed(const char *name)
{
	unsigned int version, patchlevel;
	struct utsname system;
	bool is_newer;
	int i;

	for (i = 0; changes[i].name && strcmp(changes[i].name, name); i++)
		;
	must(changes[i].name, "scripts/claims has no change '%s'", name);
	must(!uname(&system) && sscanf(system.release, "%u.%u", &version, &patchlevel) == 2,
	     "the kernel does not say its release");
	is_newer = version > changes[i].version ||
		   (version == changes[i].version && patchlevel >= changes[i].patchlevel);
	note("# Linux %s, %s %u.%u: %s\n", system.release, is_newer ? "since" : "before",
	     changes[i].version, changes[i].patchlevel, changes[i].text);

	return is_newer;
}
