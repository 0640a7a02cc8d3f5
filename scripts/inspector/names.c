// SPDX-License-Identifier: GPL-2.0-only
/* The words that both reports use, and how names of modules compare. */

#include "inspector.h"

const char *phase_name(enum phase phase)
{
	return phase == PHASE_INIT ? "init" : "exit";
}

const char *lifetime_name(enum lifetime lifetime)
{
	static const char * const names[] = {
		[LIFETIME_KEPT]			= "kept",
		[LIFETIME_FREED_AT_BOOT]	= "freed at boot",
		[LIFETIME_FREED_AFTER_INIT]	= "freed after init",
		[LIFETIME_KEPT_FOR_UNLOADING]	= "kept for unloading",
	};

	return names[lifetime];
}

const char *evidence_name(enum evidence evidence)
{
	static const char * const names[] = {
		[EVIDENCE_NONE]		= "none",
		[EVIDENCE_SOURCE]	= "source",
		[EVIDENCE_BETWEEN]	= "between",
		[EVIDENCE_FILE]		= "file",
		[EVIDENCE_INITCALL]	= "initcall",
		[EVIDENCE_MODULE]	= "module",
	};

	return names[evidence];
}

/**
 * module_name_equal() - compare as the kernel does
 * @a: name
 * @b: name
 *
 * '-' and '_' are the same, see parameq() in kernel/params.c.
 */
bool module_name_equal(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
			return false;
	return *a == *b;
}
