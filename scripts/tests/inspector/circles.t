#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector
#
# The source files of the inspector do not call each other in a circle, and those of the guest's
# experiments do not either. The test finds the calls in the symbols that each object defines and
# needs. The inspector's stages that decide do no input or output.

# shellcheck source=/dev/null disable=SC2154
. "$(dirname "$0")/../inspector-lib.sh"

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

# no_circle WHAT PAIRS OBJECT...: none in WHAT, where at least PAIRS files call each other
no_circle() {
	local what=$1 least=$2 found
	shift 2
	calls "$@" >"$SCRATCH/calls"
	found=$(wc -l <"$SCRATCH/calls")
	check "$what: $found pairs of $# files call each other" test "$found" -gt "$least"
	check "$what: none in a circle" is "$(tsort <"$SCRATCH/calls" 2>&1 >/dev/null | sed 's/^tsort: //')" ""
}

make -s -C "$SCRIPTS/inspector" O="$SCRATCH" CFLAGS=-O0 objects || give_up "the inspector cannot be compiled"
cd "$SCRATCH/objects" || exit
mapfile -t objects < <(find . -name '*.o' -printf '%P\n' | sort)
check "every source file is looked at" is \
	"$(printf '%s.c\n' "${objects[@]%.o}" | sort)" \
	"$(cd "$SCRIPTS/inspector" && find . -name '*.c' -not -path './fuzz/*' -printf '%P\n' | sort)"
no_circle "the inspector" 50 "${objects[@]}"

# Deciding: reads nothing, prints nothing but what is wrong.
check "what decides does no input or output" is \
	"$(nm -A -u owners.o lifetimes.o items.o filter.o | awk '{ print $NF }' |
	grep -E '^(open|fopen|read|pread|stat|fstat|access|elf_|gelf_|dwarf_|dwfl_|printf|puts|fputs|fwrite)' )" ""

mkdir "$SCRATCH/guest" "$SCRATCH/vet"
make -s -C "$SCRIPTS/guest/experiments" O="$SCRATCH/guest" "$SCRATCH/guest/changes.h" || give_up "the list of changes cannot be made"
cd "$SCRATCH/guest" || exit
compile() { gcc -c -std=gnu11 -D_GNU_SOURCE -I"$SCRATCH/guest" -I"$SCRIPTS/guest/common" "$SCRIPTS"/guest/{common,"$1"}/*.c; }
compile experiments || give_up "the experiments cannot be compiled"
no_circle "the experiments" 50 ./*.o
cd "$SCRATCH/vet" || exit
compile vet || give_up "vet's experiments cannot be compiled"
no_circle "vet's experiments" 50 ./*.o

# The test finds a circle where there is one.
cat >"$SCRATCH/a.c" <<<'int b(void); int a(void); int a(void) { return b(); }'
cat >"$SCRATCH/b.c" <<<'int a(void); int b(void); int b(void) { return a(); }'
(cd "$SCRATCH" && gcc -c a.c && gcc -c b.c)
cd "$SCRATCH" || exit
check "a circle made on purpose is found" like "$(calls a.o b.o | tsort 2>&1 >/dev/null)" "loop"

tap_end
