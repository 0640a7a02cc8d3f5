// SPDX-License-Identifier: GPL-2.0-only
/* The words that all reports use, and how names compare. */

#include <string.h>

#include "inspector.h"

const char *phase_name(enum phase phase)
{
	static const char * const names[] = {
		[PHASE_NONE]	= "none",
		[PHASE_INIT]	= "init",
		[PHASE_EXIT]	= "exit",
	};

	return names[phase];
}

const char *lifetime_name(enum lifetime lifetime)
{
	static const char * const names[] = {
		[LIFETIME_KEPT]			= "kept",
		[LIFETIME_KEPT_FOR_UNLOADING]	= "kept for unloading",
		[LIFETIME_FREED_AT_BOOT]	= "freed at boot",
		[LIFETIME_FREED_AFTER_INIT]	= "freed after init",
		[LIFETIME_NOT_LOADED]		= "not loaded",
		[LIFETIME_DISCARDED]		= "discarded by the linker",
		[LIFETIME_UNKNOWN]		= "unknown",
	};

	return names[lifetime];
}

const char *item_kind_name(enum item_kind kind)
{
	static const char * const names[] = {
		[ITEM_FUNCTION]		= "function",
		[ITEM_OBJECT]		= "object",
		[ITEM_ASSEMBLER]	= "assembler",
	};

	return names[kind];
}

const char *module_from_name(enum module_from from)
{
	static const char * const names[] = {
		[MODULE_UNKNOWN]	= "unknown",
		[MODULE_FROM_FILE]	= "file",
		[MODULE_FROM_INITCALL]	= "initcall",
		[MODULE_FROM_SOURCE]	= "source",
		[MODULE_FROM_RANGES]	= "ranges",
		[MODULE_FROM_BUILD]	= "build",
	};

	return names[from];
}

const char *source_from_name(enum source_from from)
{
	static const char * const names[] = {
		[SOURCE_UNKNOWN]		= "unknown",
		[SOURCE_FROM_DEBUG]		= "debug",
		[SOURCE_FROM_DEBUG_UNIT]	= "debug-unit",
		[SOURCE_FROM_OBJECT]		= "object",
		[SOURCE_FROM_SYMBOL]		= "symbol",
		[SOURCE_FROM_NEIGHBOURS]	= "neighbours",
	};

	return names[from];
}

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/*
 * Before each function x86 can have bytes for call thunks, FineIBT or kCFI. objtool names
 * them __pfx_NAME (create_prefix_symbol() in tools/objtool/check.c), clang and
 * arch/x86/include/asm/linkage.h __cfi_NAME; arch/x86/boot/startup prefixes all that it
 * has with __pi_.
 */
static const char * const paddings[] = { "__pfx_", "__cfi_" };

static const char pi[] = "__pi_";

/* Which of them a name begins with, NULL for none; sets what it is of. */
static const char *find_padding(const char *name, const char **of)
{
	if (*name != '_')
		return NULL;
	if (starts_with(name, pi))
		name += sizeof(pi) - 1;
	for (size_t i = 0; i < ARRAY_SIZE(paddings); i++)
		if (starts_with(name, paddings[i])) {
			*of = name + strlen(paddings[i]);
			return paddings[i];
		}
	return NULL;
}

/**
 * is_padding_name() - whether a function's name is that of the padding before another
 * @name: of the function
 *
 * __cfi_check and others of clang's older CFI have such a name and are no padding.
 */
bool is_padding_name(const char *name)
{
	const char *of;

	return find_padding(name, &of);
}

bool is_cfi_name(const char *name)
{
	const char *of;

	return find_padding(name, &of) == paddings[1];
}

/**
 * is_padding_of() - whether padding has the name of a function
 * @padding: for which is_padding_name()
 * @name: of the function
 */
bool is_padding_of(const char *padding, const char *name)
{
	const char *of;

	if (!find_padding(padding, &of))
		return false;
	if (starts_with(padding, pi)) {
		if (!starts_with(name, pi))
			return false;
		name += sizeof(pi) - 1;
	}
	return equal(of, name);
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
