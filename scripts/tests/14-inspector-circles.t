#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# No files of the inspector call each other in a circle: computed from the symbols that
# each object defines and needs. And what decides does no input or output.

# shellcheck source=/dev/null disable=SC2154
. "$(dirname "$0")/inspector-lib.sh"

make -s -C "$scripts/inspector" O="$tmp" CFLAGS=-O0 objects || give_up "the inspector cannot be compiled"
cd "$tmp/objects" || exit
mapfile -t objects < <(find . -name '*.o' -printf '%P\n' | sort)
is "$(printf '%s.c\n' "${objects[@]%.o}" | sort)" \
	"$(cd "$scripts/inspector" && find . -name '*.c' -not -path './fuzz/*' -printf '%P\n' | sort)" \
	"every source file is looked at"

# "FILE FILE" where the first needs a symbol that the second defines, "FILE" alone for itself
calls() { # OBJECT...
	nm -A "$@" | sed 's/^\([^:]*\):[0-9a-f]*/\1/' | awk '
		$2 ~ /^[TDBRC]$/ { home[$3] = $1 }
		$2 == "U" { needs[$1, $3] }
		END {
			for (need in needs) {
				split(need, part, SUBSEP)
				if (part[2] in home && home[part[2]] != part[1])
					print part[1], home[part[2]]
			}
		}' | sort -u
}

calls "${objects[@]}" >"$tmp/calls"
enough=0
[ "$(wc -l <"$tmp/calls")" -gt 50 ] || enough=1
ok $enough "$(wc -l <"$tmp/calls") pairs of ${#objects[@]} files call each other"
is "$(tsort <"$tmp/calls" 2>&1 >/dev/null | sed 's/^tsort: //')" "" "none in a circle"

# Deciding: reads nothing, prints nothing but what is wrong.
is "$(nm -A -u owners.o lifetimes.o items.o filter.o | awk '{ print $NF }' |
	grep -E '^(open|fopen|read|pread|stat|fstat|access|elf_|gelf_|dwarf_|dwfl_|printf|puts|fputs|fwrite)' )" "" \
	"what decides does no input or output"

# The test finds a circle where there is one.
cat >"$tmp/a.c" <<<'int b(void); int a(void); int a(void) { return b(); }'
cat >"$tmp/b.c" <<<'int a(void); int b(void); int b(void) { return a(); }'
(cd "$tmp" && gcc -c a.c && gcc -c b.c)
cd "$tmp" || exit
like "$(calls a.o b.o | tsort 2>&1 >/dev/null)" "loop" "a circle made on purpose is found"

done_testing
