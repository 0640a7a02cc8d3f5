#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build
#
# How the builds use ccache: no compilation twice, and none too few.

. "$(dirname "$0")/../lib.sh"

cd "$SCRATCH" || exit 1
export HI_CACHE=$SCRATCH/cache
log=$SCRATCH/log

# compile SOURCE: its object, through ccache as in a build
compile() {
	rm -f "$log"
	# shellcheck disable=SC2016
	CCACHE_LOGFILE=$log bash -c '. "$1/lib.sh" && use_ccache && ccache gcc -Wp,-MMD,source.d -c -o "$2.o" "$2"' \
		compile "$SCRIPTS" "$1"
}

# compiles RESULT SOURCE: and ccache says this of it
compiles() { compile "$2" && { grep -F "Result: $1" "$log" || { cat "$log"; false; }; }; }

echo '#define VALUE 1' > header.h
printf '#include "header.h"\nint value = VALUE;\n' > source.c
check "a source that is new is compiled" compiles cache_miss source.c
check "the preprocessor is not run before" not grep -q 'Executing.* -E ' "$log"
check "what it is linked with is there" test -s source.c.o
check "again, it comes from the store" compiles direct_cache_hit source.c
echo '#define VALUE 2' > header.h
check "another header: it is compiled" compiles cache_miss source.c

check "where no source is named, ccache is not asked" exits 0 compile -v
check "but the compiler" said "gcc version"
check "nor has it a word to say" test ! -e "$log"

# A file that only the assembler reads.
# included SOURCE: what came into its object
included() { compile "$1" && objcopy -O binary -j .data "$1.o" "$SCRATCH/data" && cat "$SCRATCH/data"; }
printf '.data\n.incbin "data.txt"\n' > incbin.S
printf 'asm(".data; .incbin \\"data.txt\\"");\n' > incbin.c
for source in incbin.S incbin.c; do
	echo one > data.txt
	check "$source takes in a file" test "$(included $source)" = one
	echo two > data.txt
	check "$source: another content of that file is another object" test "$(included $source)" = two
done
tap_end
