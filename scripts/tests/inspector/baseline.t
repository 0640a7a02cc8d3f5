#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector
#
# A size gate: --baseline and --max-growth, on files made here, and git bisect with it.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

mkdir -p "$SCRATCH/drivers/net"
printf 'int __attribute__((section(".init.text"))) planted(void) { return 1; }\nconst char kept[5000] = { 1 };\n' >"$SCRATCH/drivers/net/planted.c"
printf 'int small(void) { return 2; }\n' >"$SCRATCH/drivers/net/x.c"
CFLAGS=-g make_vmlinux "$SCRATCH/vmlinux" drivers/net/x
printf 'int small(void) { return 2; }\nint more(int a) { return a * 3; }\n' >"$SCRATCH/drivers/net/x.c"
CFLAGS=-g make_vmlinux "$SCRATCH/vmlinux.new" drivers/net/x drivers/net/planted
make_module "$SCRATCH/hi.ko" hi "6.12.0 mod_unload "
module_source hi "6.12.0 mod_unload " | sed 's/{ return 0; }/{ return 1; }/; s/= 1;/= 2; static int more __section(".init.data") = 3;/' >"$SCRATCH/module.c"
compile "$SCRATCH/hi.new.ko" "$SCRATCH/module.c"

### A baseline is as good as the file

# same_report A B [OPTION...]: the report on A's baseline and B is that on A and B, byte for byte
same_report() {
	local a=$1 b=$2
	shift 2

	"$SCRIPTS/sections" --json "$@" "$a" >"$SCRATCH/base.json" || return
	for format in "" --json "--format markdown"; do
		# shellcheck disable=SC2086
		"$SCRIPTS/sections" --compare $format "$@" "$a" "$b" >"$SCRATCH/direct" || return
		# shellcheck disable=SC2086
		"$SCRIPTS/sections" --compare $format --baseline "$SCRATCH/base.json" "$b" >"$SCRATCH/baseline" || return
		diff "$SCRATCH/direct" "$SCRATCH/baseline" || return
	done
}
check "a vmlinux, all sections" same_report "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.new" --section '*'
check "and its init section" same_report "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.new" --section .init.text
check "one driver" same_report "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.new" --section '*' --driver drv_a
check "a module" same_report "$SCRATCH/hi.ko" "$SCRATCH/hi.new.ko" --section '*'
check "a module, and itself built in" same_report "$SCRATCH/hi.ko" "$SCRATCH/hi.ko" --section '.init*'
objcopy --redefine-sym "hi_undo=undo"$'\x1b\xff\n' "$SCRATCH/hi.ko" "$SCRATCH/odd.ko"
check "names that are no UTF-8" same_report "$SCRATCH/odd.ko" "$SCRATCH/hi.ko" --section '*'
mkdir "$SCRATCH/build"
cp "$SCRATCH/vmlinux" "$SCRATCH/build/vmlinux"
cp "$SCRATCH/a_main.o" "$SCRATCH/build/vmlinux.o"
touch -d "1 hour ago" "$SCRATCH/build/vmlinux.o"
check "a vmlinux beside its vmlinux.o" same_report "$SCRATCH/build/vmlinux" "$SCRATCH/vmlinux.new" --section '*'

sections --json --section '*' "$SCRATCH/vmlinux"
cp "$SCRATCH/out" "$SCRATCH/base.json"
sections --json --compare --baseline "$SCRATCH/base.json" "$SCRATCH/vmlinux"
check "a baseline and its own file: nothing changed" is "$status $(query '.changes | length') $(query .growth)" "0 0 0"

### What it was made of

printf 'const char linux_banner[] __attribute__((aligned(4))) = "Linux version 7.3.4-test (me@here) (gcc) #1\\n";\n' >"$SCRATCH/banner.c"
sed -i '/linux_banner/d' "$SCRATCH/core.c"
printf '# Linux/x86 7.3.4 Kernel Configuration\nCONFIG_HI=y\n# CONFIG_HO is not set\n' >"$SCRATCH/config"
gzip -n <"$SCRATCH/config" >"$SCRATCH/config.gz"
# ikconfig END: ikconfig.o as kernel/configs.c makes it, with kernel_config_data_end at END
ikconfig() {
	printf '.section .rodata, "a"\n.ascii "IKCFG_ST"\n.global kernel_config_data\nkernel_config_data: .incbin "%s"\n.global kernel_config_data_end\n.set kernel_config_data_end, %s\n.ascii "IKCFG_ED"\n' \
		"$SCRATCH/config.gz" "$1" | as --64 -o "$SCRATCH/ikconfig.o"
}
ikconfig .
(
	cd "$SCRATCH" || exit
	sed -i 's| \*(.note\*)||; s|\*(.comment)||' vmlinux.lds
	compile core.o core.c && compile banner.o banner.c &&
		ld --no-warn-rwx-segments -nostdlib -static -T vmlinux.lds -o build/vmlinux.plain core.o banner.o a_main.o &&
		ld --no-warn-rwx-segments -nostdlib -static -T vmlinux.lds -o build/vmlinux.ik core.o banner.o ikconfig.o a_main.o
)
about='.files[0] | "\(.release) \(.compiler | startswith("GCC: ")) \(.config_hash) \(.config)"'
crc=$(python3 -c 'import sys, zlib; print("%08x" % zlib.crc32(open(sys.argv[1], "rb").read()))' "$SCRATCH/config")
sections --json "$SCRATCH/build/vmlinux.plain"
check "release and compiler of a vmlinux, without a configuration" is "$(query "$about")" "7.3.4-test true null null"
sections --json "$SCRATCH/build/vmlinux.ik"
check "the configuration in it (IKCONFIG)" is "$(query "$about")" "7.3.4-test true $crc $(<"$SCRATCH/config")"
for end in 'kernel_config_data - 1' 'kernel_config_data + 40' 'kernel_config_data + 0x7fffff'; do
	ikconfig "$end"
	(cd "$SCRATCH" && ld --no-warn-rwx-segments -nostdlib -static -T vmlinux.lds -o build/vmlinux.lies core.o banner.o ikconfig.o a_main.o)
	sections --json "$SCRATCH/build/vmlinux.lies"
	check "one that ends at $end: none" is "$status:$(query "$about")" "0:7.3.4-test true null null"
done
cp "$SCRATCH/config" "$SCRATCH/build/.config"
sections --json "$SCRATCH/build/vmlinux.plain"
check "that of the build" is "$(query "$about")" "7.3.4-test true $crc $(<"$SCRATCH/config")"
sections --json "$SCRATCH/hi.ko"
check "the release of a module" is "$(query '.files[0].release')" 6.12.0

### Configurations

# A build with its kernel's script, which is here one that is easy to tell from others
mkdir -p "$SCRATCH/build/source/scripts"
cat >"$SCRATCH/build/source/scripts/diffconfig" <<'EOF'
import sys
print("of the build:", len(open(sys.argv[1]).read()), len(open(sys.argv[2]).read()))
EOF
sed 's/CONFIG_HI=y/CONFIG_HI=m/; s/# CONFIG_HO.*/CONFIG_HO=y/' "$SCRATCH/config" >"$SCRATCH/build/.config"
compare_configs() { sections --compare "$@" "$SCRATCH/build/vmlinux.ik" "$SCRATCH/build/vmlinux.plain"; }
compare_configs
check "two that differ: the script of the build tells how, above the table" is "$status:${out%%$'\n'*}" \
	"0:of the build: $(stat -c %s "$SCRATCH/config") $(stat -c %s "$SCRATCH/build/.config")"
compare_configs --json
check "in JSON too" like "$(query .config_difference)" "^of the build"
compare_configs --format markdown
check "and as a block of Markdown" like "$out" $'\n```\nof the build: [0-9 ]+\n```\n'
chmod o+w "$SCRATCH/build/source/scripts/diffconfig"
compare_configs
check "a script that others can change is not run" is "$(grep -c 'of the build' <<<"$out")" 0
rm -r "$SCRATCH/build/source"
compare_configs
check "without one, that of a kernel source in the cache: what was switched on" is "$status:${out%%$'\n\n'*}" $'0: HI y -> m\n HO n -> y'
mkdir "$SCRATCH/cache"
ln -s "$CACHE/inspector" "$SCRATCH/cache/inspector"
HI_CACHE=$SCRATCH/cache compare_configs
check "without any, a sentence" like "$out" "^The configurations differ. The kernel.s scripts/diffconfig, which tells how, is not in"
sections --json --section '*' "$SCRATCH/build/vmlinux.ik"
cp "$SCRATCH/out" "$SCRATCH/base.ik.json"
sections --compare --baseline "$SCRATCH/base.ik.json" "$SCRATCH/build/vmlinux.plain"
check "a baseline has the configuration" like "$out" $'^ HI y -> m\n HO n -> y\n'
cp "$SCRATCH/config" "$SCRATCH/build/.config"
compare_configs
check "two that are the same: nothing is said" like "$status:$out" "^0:(CHANGE|No item)"

### Baselines that are none

damaged() { # WHAT MESSAGE FILE
	sections --compare --baseline "$3" "$SCRATCH/vmlinux"
	check "a baseline $1: exit code 2" is "$status:$out" 2:
	check "and a message" like "$err" "^sections: $3: $2"
}
damaged "that is not there" "No such file" "$SCRATCH/absent.json"
damaged "that is a vmlinux" "the baseline is damaged: no JSON" "$SCRATCH/vmlinux"
: >"$SCRATCH/bad.json"
damaged "that is empty" "the baseline is damaged: no JSON" "$SCRATCH/bad.json"
for size in 100 1000 3000; do
	head -c $size "$SCRATCH/base.json" >"$SCRATCH/bad.json"
	damaged "cut at $size bytes" "the baseline is damaged: no JSON" "$SCRATCH/bad.json"
done
{ cat "$SCRATCH/base.json"; echo more; } >"$SCRATCH/bad.json"
damaged "with something behind it" "the baseline is damaged: no JSON" "$SCRATCH/bad.json"
change() { jq -c "$1" "$SCRATCH/base.json" >"$SCRATCH/bad.json"; }
change '.schema = 3'
damaged "of an older version" "another version .*schema 3, this one reads 4.: write it again with sections --json" "$SCRATCH/bad.json"
change '.schema = 99'
damaged "of a newer version" "another version .*schema 99" "$SCRATCH/bad.json"
change '.files += .files'
damaged "of two files" "a baseline has one file, this one has 2" "$SCRATCH/bad.json"
change 'del(.files)'
damaged "that is another report" "not a baseline: write one with" "$SCRATCH/bad.json"
change '[1]'
damaged "that is no object" "not a baseline: write one with" "$SCRATCH/bad.json"
for field in '.filter' '.files[0].pages' '.files[0].pages.kept' '.files[0].sections' '.files[0].sections[0].items' '.files[0].sections[0].items[0].name' \
	'.files[0].sections[0].items[0].owner' '.files[0].sections[0].lifetime' '.files[0].kind' '.files[0].config'; do
	change "del($field)"
	damaged "without $field" "the baseline is damaged: the value of \"${field##*[.]}\" is missing or wrong" "$SCRATCH/bad.json"
	change "$field = [[1]]"
	damaged "where $field is something else" "the baseline is damaged: the value of " "$SCRATCH/bad.json"
done
change '.files[0].sections[0].items[0].size += 1'
damaged "whose items do not add up" "the baseline is damaged: the value of \"size\"" "$SCRATCH/bad.json"
change '.files[0].sections[0].size = -1'
damaged "with a negative size" "the baseline is damaged: the value of \"size\"" "$SCRATCH/bad.json"

### Limits

gate() { sections --compare --baseline "$SCRATCH/base.json" --max-growth "$1" "$SCRATCH/vmlinux.new"; }
sections --json --section '*' "$SCRATCH/vmlinux"
cp "$SCRATCH/out" "$SCRATCH/base.json"
sections --json --compare --baseline "$SCRATCH/base.json" "$SCRATCH/vmlinux.new"
kept=$(query '.lifetimes[] | select(.lifetime == "kept").difference')
init=$(query '.lifetimes[] | select(.lifetime == "freed at boot").difference')
gate "kept=$kept,freed_at_boot=$init,$((kept + init)),drivers/net=$((kept + init))"
check "limits that hold" is "$status:$err" "0:"
gate "kept=$((kept - 1)),freed_at_boot=$init"
check "a byte too many is kept: exit code 1" is "$status" 1
check "the message names limit and culprit" like "$err" \
	"vmlinux.new: kept grew by $kept bytes, the limit is $((kept - 1)); most of all kept grew, by 5000 bytes \(.rodata\)$"
check "and the report is printed" like "$out" "came .* \+5000 +kept +.rodata, kept"
gate "freed_at_boot=$((init - 1))"
check "a byte too many in init code" like "$status:$err" "^1:.*freed_at_boot grew by $init bytes.*most of all planted grew"
gate "kept=0,freed_at_boot=0,0"
check "each limit that is exceeded has a message" is "$status:$(grep -c 'grew by' <<<"$err")" 1:3
sections --compare --max-growth drivers/net=0 "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.new"
check "a directory: exit code 1" is "$status" 1
check "and the culprit" like "$err" "drivers/net grew by [0-9]+ bytes, the limit is 0; most of all [a-z]+ grew, by [0-9]+ bytes \(drivers/net/"
gate sound/core=0
check "a directory that neither has: exit code 2" like "$status:$err" '^2:.*no symbol comes from "sound/core", here and in the file before'
gate discarded=5
check "a lifetime that neither has: exit code 2" like "$status:$err" '^2:.*nothing is discarded, here and'
objcopy --strip-debug "$SCRATCH/vmlinux.new" "$SCRATCH/vmlinux.stripped"
sections --compare --max-growth drivers/net=0 "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.stripped"
check "a directory, without debug information: exit code 2" like "$status:$err" '^2:.*vmlinux.stripped: the directories of its source files are not known.*build it with debug information'
sections --compare --format bloat-o-meter --max-growth kept=0 "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.new"
check "a limit beside bloat-o-meter's text" like "$status:${out%%$'\n'*}:$err" "^1:add/remove: .*most of all kept grew"

### git bisect

# Thirty commits of one source file; one of them plants 4 KiB.
mkdir "$SCRATCH/history"
cp "$SCRATCH"/{core,banner}.c "$SCRATCH/vmlinux.lds" "$SCRATCH/history"
cd "$SCRATCH/history" || exit
git init -q -b main .
git config user.name "A User"
git config user.email user@example.org
for i in {1..30}; do
	printf 'int function_%s(int a) { return a * %s; }\n' "$i" "$i" >>change.c
	[ "$i" != 19 ] || printf 'const char table[4096] = { 1 };\n' >>change.c
	git add -A && git commit -qm "Change $i"
done
# By the environment: a path can have what a shell would expand.
export SCRATCH SCRIPTS
cat >"$SCRATCH/build-and-gate" <<'EOF'
gcc -O1 -ffreestanding -fno-pie -c core.c banner.c change.c || exit 125
ld --no-warn-rwx-segments -nostdlib -static -T vmlinux.lds -o vmlinux core.o banner.o change.o || exit 125
[ -e "$SCRATCH/size.json" ] || "$SCRIPTS/sections" --json --section '*' vmlinux >"$SCRATCH/size.json"
"$SCRIPTS/sections" --compare --baseline "$SCRATCH/size.json" --max-growth kept=4000 vmlinux
s=$?
[ $s -le 1 ] || s=125
exit $s
EOF
first=$(git rev-list main | tail -n 1)
git checkout -q "$first" && sh "$SCRATCH/build-and-gate" >"$SCRATCH/first" 2>&1
check "the gate holds for the first commit" is "$?" 0
git bisect start main "$first" >"$SCRATCH/bisect" 2>&1
git bisect run sh "$SCRATCH/build-and-gate" >>"$SCRATCH/bisect" 2>&1
check "git bisect run finds the commit with 4 KiB among 30" is "$?:$(git log --format=%s -1 refs/bisect/bad)" "0:Change 19"
cd / || exit

### Options that cannot be combined

refused "--baseline needs --compare" --baseline "$SCRATCH/base.json" "$SCRATCH/vmlinux"
refused "--baseline needs one file" --compare --baseline "$SCRATCH/base.json" "$SCRATCH/vmlinux" "$SCRATCH/vmlinux"
refused "--baseline takes no filter" --compare --section '*' --baseline "$SCRATCH/base.json" "$SCRATCH/vmlinux"
refused "needs two files: a baseline has no symbol table" --compare --format bloat-o-meter --baseline "$SCRATCH/base.json" "$SCRATCH/vmlinux"
for limit in kept=much kept= kept=-1 1,,2 5x; do
	refused "--max-growth needs a number of bytes, not '" --compare --max-growth "$limit" "$SCRATCH/hi.ko" "$SCRATCH/hi.ko"
done
refused "needs a lifetime, a directory or a source file before '=5'" --compare --max-growth =5 "$SCRATCH/hi.ko" "$SCRATCH/hi.ko"

tap_end
