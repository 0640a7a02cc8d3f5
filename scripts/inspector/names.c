// SPDX-License-Identifier: GPL-2.0-only
/* The words that all reports use, and how names compare. */

#include <string.h>

#include "inspector.h"

const char * const phase_names[] = {
	[PHASE_NONE]	= "none",
	[PHASE_INIT]	= "init",
	[PHASE_EXIT]	= "exit",
};

const char * const lifetime_names[] = {
	[LIFETIME_KEPT]			= "kept",
	[LIFETIME_KEPT_FOR_UNLOADING]	= "kept for unloading",
	[LIFETIME_FREED_AT_BOOT]	= "freed at boot",
	[LIFETIME_FREED_AFTER_INIT]	= "freed after init",
	[LIFETIME_NOT_LOADED]		= "not loaded",
	[LIFETIME_DISCARDED]		= "discarded by the linker",
	[LIFETIME_UNKNOWN]		= "unknown",
};

/* In JSON's keys, and in words of the command line */
const char * const lifetime_keys[] = {
	[LIFETIME_KEPT]			= "kept",
	[LIFETIME_KEPT_FOR_UNLOADING]	= "kept_for_unloading",
	[LIFETIME_FREED_AT_BOOT]	= "freed_at_boot",
	[LIFETIME_FREED_AFTER_INIT]	= "freed_after_init",
	[LIFETIME_NOT_LOADED]		= "not_loaded",
	[LIFETIME_DISCARDED]		= "discarded",
	[LIFETIME_UNKNOWN]		= "unknown",
};

const char * const image_kind_names[] = {
	[IMAGE_VMLINUX]	= "vmlinux",
	[IMAGE_MODULE]	= "module",
	[IMAGE_OBJECT]	= "object",
};

const char * const item_kind_names[] = {
	[ITEM_FUNCTION]		= "function",
	[ITEM_OBJECT]		= "object",
	[ITEM_ASSEMBLER]	= "assembler",
};

const char * const module_from_names[] = {
	[MODULE_UNKNOWN]	= "unknown",
	[MODULE_FROM_FILE]	= "file",
	[MODULE_FROM_INITCALL]	= "initcall",
	[MODULE_FROM_SOURCE]	= "source",
	[MODULE_FROM_RANGES]	= "ranges",
	[MODULE_FROM_BUILD]	= "build",
};

const char * const source_from_names[] = {
	[SOURCE_UNKNOWN]		= "unknown",
	[SOURCE_FROM_DEBUG]		= "debug",
	[SOURCE_FROM_DEBUG_UNIT]	= "debug-unit",
	[SOURCE_FROM_OBJECT]		= "object",
	[SOURCE_FROM_SYMBOL]		= "symbol",
	[SOURCE_FROM_NEIGHBOURS]	= "neighbours",
};

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/*
 * x86 can have bytes before each function, for call thunks, FineIBT or kCFI. objtool names
 * them __pfx_NAME (create_prefix_symbol() in tools/objtool/check.c); clang and
 * arch/x86/include/asm/linkage.h name them __cfi_NAME; arch/x86/boot/startup prefixes all
 * its symbols with __pi_.
 */
static const char * const paddings[] = { "__pfx_", "__cfi_" };

static const char pi[] = "__pi_";

/* The prefix of a padding's name, NULL for any other name; sets @of to the rest. */
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

/*
 * Whether a function has the name of padding. __cfi_check and other symbols of clang's
 * older CFI have one too, and are real functions.
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

/* Whether @padding is the name of the padding before function @name. */
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

/* As parameq() in kernel/params.c compares: '-' and '_' are the same. */
bool module_name_equal(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
			return false;
	return *a == *b;
}

/* The loader's name of a module, from that of its file: '_' for '-'; allocated. */
char *module_name_of(const char *name, size_t len)
{
	char *module = must_strndup(name, len);

	for (char *s = module; (s = strchr(s, '-')); )
		*s = '_';
	return module;
}
