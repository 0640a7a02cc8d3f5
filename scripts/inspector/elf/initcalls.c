// SPDX-License-Identifier: GPL-2.0-only
/*
 * The symbols that name initcalls: __initcall_id() and __initcall_name() in
 * include/linux/init.h.
 */

#include <ctype.h>
#include <string.h>

#include "../inspector.h"

/* Length of LEVEL at the end of FUNCTIONLEVEL, 0 if there is none. */
static size_t level_len(const char *s, size_t len)
{
	static const char * const words[] = { "early", "rootfs", "con" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t n = strlen(words[i]);

		if (len > n && !memcmp(s + len - n, words[i], n))
			return n;
	}
	if (len > 1 && isdigit(s[len - 1]))
		return 1;
	if (len > 2 && isdigit(s[len - 2]) && s[len - 1] == 's')
		return 2;
	return 0;
}

/*
 * Takes __initcall__kmod_MODULE__COUNTER_LINE_FUNCTIONLEVEL apart; false for any other
 * name. The names in @call point into @name. MODULE can contain "__" and digits, COUNTER
 * and LINE are digits only.
 */
bool initcall_parse(const char *name, struct initcall *call)
{
	static const char prefix[] = "__initcall__kmod_";
	static const char digits[] = "0123456789";
	const char *s;

	if (strncmp(name, prefix, sizeof(prefix) - 1))
		return false;
	name += sizeof(prefix) - 1;
	for (s = name; (s = strstr(s, "__")); s++) {
		const char *counter = s + 2;
		const char *line = counter + strspn(counter, digits);
		const char *function;
		size_t len, level;

		if (line == counter || *line++ != '_')
			continue;
		function = line + strspn(line, digits);
		if (function == line || *function++ != '_')
			continue;
		len = strlen(function);
		level = level_len(function, len);
		if (!level)
			continue;
		call->module = name;
		call->module_len = s - name;
		call->function = function;
		call->function_len = len - level;
		return true;
	}
	return false;
}
