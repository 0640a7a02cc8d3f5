#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector
#
# The inspector on small files made here; no kernel build needed.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

section_lines='.files[].sections[] | "\(.name) \(.phase) \(.lifetime)"'
section_sums='.files[].sections[] | select(.size != .unnamed + ([.items[].size] | add // 0)) | .name'
function_lines='.files[].sections[] | .name as $s | .items[] | select(.kind == "function")
	| "\($s) \(.name) \(.aliases | join(",")) \(.owner | "\(.module) \(.module_from) \(.source) \(.source_from)")"'

### Modules

make_module "$SCRATCH/hi.ko" hi "6.12.0 SMP mod_unload "
sections --json "$SCRATCH/hi.ko"
check "a module: exit code 0, no message" is "$status:$err" "0:"
check "the JSON names its schema" is "$(query .schema)" 4
check "it is module hi, which can be unloaded" is \
	"$(query '.files[0] | "\(.kind) \(.module.name) \(.module.can_unload)"')" "module hi true"
check "lifetimes where modules can be unloaded" is "$(query "$section_lines" | sort)" "\
.exit.text exit kept for unloading
.init.data init freed after init
.init.text init freed after init"
check "a function and its alias are one item" is "$(query "$function_lines")" "\
.init.text hi_init init_module hi file module.c symbol
.exit.text hi_undo  hi file module.c symbol
.exit.text hi_exit cleanup_module hi file module.c symbol"
check "items and bytes without a symbol add up to each section" is "$(query "$section_sums")" ""
check "data is listed too" is \
	"$(query '.files[0].sections[] | select(.name == ".init.data").items[] | "\(.name) \(.kind) \(.size)"')" \
	"count object 4"

sections "$SCRATCH/hi.ko"
check "the table shows the alias" like "$out" "hi_init = init_module +hi"
check "and the lifetime" like "$out" ".exit.text +[0-9]+ bytes  kept for unloading"

make_module "$SCRATCH/stay.ko" stay "6.12.0 SMP no_mod_unload "
sections --json "$SCRATCH/stay.ko"
check "without mod_unload in the vermagic, exit is freed after init" is \
	"$(query "$section_lines" | grep exit)" ".exit.text exit freed after init"

make_module "$SCRATCH/small.ko" small "6.12.0 mod_unload " -m32
sections --json "$SCRATCH/small.ko"
check "a 32-bit module" is "$(query "$function_lines" | wc -l)" 3

for z in "xz --check=crc32" gzip "zstd -q"; do
	cp "$SCRATCH/hi.ko" "$SCRATCH/packed.ko"
	$z -f "$SCRATCH/packed.ko"
	rm -f "$SCRATCH/packed.ko"
	sections --json "$SCRATCH"/packed.ko.*
	check "a module packed by ${z%% *}" is "$(query "$function_lines" | wc -l)" 3
	rm "$SCRATCH"/packed.ko.*
done

sections --driver hi "$SCRATCH/hi.ko"
check "--driver with the module's name" is "$status" 0
sections --driver ho "$SCRATCH/hi.ko"
check "--driver with another name" is "$status:$out" 2:
check "says which driver is not there" like "$err" "hi.ko: no symbol belongs to module \"ho\""

### vmlinux

make_vmlinux "$SCRATCH/vmlinux"
sections --json "$SCRATCH/vmlinux"
check "a vmlinux: exit code 0, no message" is "$status:$err" "0:"
check "lifetimes inside the init area" is "$(query "$section_lines")" "\
.init.text init freed at boot
.init.data init freed at boot
.exit.text exit freed at boot"
check "owners, each with its evidence" is "$(query "$function_lines")" "\
.init.text start_kernel  null unknown null unknown
.init.text early  null unknown core.c symbol
.init.text first  drv_a source a_main.c symbol
.init.text a_helper  drv_a source a_main.c neighbours
.init.text init  drv_a initcall a_main.c symbol
.init.text first  drv__1_b source b_main.c symbol
.init.text b_helper  drv__1_b source b_main.c neighbours
.init.text init  drv__1_b initcall b_main.c symbol
.exit.text leave  drv_a source a_main.c symbol
.exit.text leave  drv__1_b source b_main.c symbol"

sections --json --driver drv-a "$SCRATCH/vmlinux"
check "--driver, with - for _ as the kernel has it" is \
	"$(query '[.files[].sections[].items[] | select(.kind == "function").name] | join(" ")')" \
	"first a_helper init leave"
sections --driver drv_a "$SCRATCH/vmlinux"
check "--driver in a table" is "$status:${out%%$'\n'*}" "0:$SCRATCH/vmlinux"
check "which fits 80 columns" is "$(awk 'NR > 1 && length > 80' <<<"$out")" ""

exit_in_init='' exit_kept='.exit.text : { *(.exit.text) }' make_vmlinux "$SCRATCH/vmlinux.kept"
sections --json "$SCRATCH/vmlinux.kept"
check "an exit section outside the init area is kept" is "$(query "$section_lines" | grep exit)" ".exit.text exit kept"

echo 'char __uml_exitcall_begin[1];' >"$SCRATCH/um.c"
make_vmlinux "$SCRATCH/vmlinux.um" um
sections --json "$SCRATCH/vmlinux.um"
check "user mode Linux frees nothing" is "$(query '[.files[].sections[].lifetime] | unique | join(" ")')" kept

# shellcheck disable=SC2034
exit_in_init='/DISCARD/ : { *(.exit.text) }' make_vmlinux "$SCRATCH/vmlinux.m68k"
sections --driver drv_a "$SCRATCH/vmlinux.m68k"
check "exit code dropped by the linker is said to be missing" like "$out" "No exit function of drv_a"

### Directories

mkdir -p "$SCRATCH/mods/sub" "$SCRATCH/none"
cp "$SCRATCH/hi.ko" "$SCRATCH/mods/b.ko"
cp "$SCRATCH/stay.ko" "$SCRATCH/mods/sub/a.ko"
echo text >"$SCRATCH/mods/readme"
sections --json "$SCRATCH/mods"
check "a directory: all modules in it, in order" is "$status $(query '[.files[].module.name] | join(" ")')" "0 hi stay"

echo bad >"$SCRATCH/mods/bad.ko"
sections --json "$SCRATCH/mods"
check "one bad file among them: the others are answered" is "$status $(query '.files | length')" "2 2"
check "and the bad one is named" like "$err" "^sections: $SCRATCH/mods/bad.ko: not an ELF file$"

# Several threads unpack packed files, where there are processors. The output does not show it.
mkdir "$SCRATCH/packed"
for i in {10..39}; do
	make_module "$SCRATCH/packed/m$i.ko" "m$i" "6.12.0 mod_unload "
	case $((i % 3)) in
	0) xz --check=crc32 "$SCRATCH/packed/m$i.ko" ;;
	1) gzip "$SCRATCH/packed/m$i.ko" ;;
	2) zstd -q --rm "$SCRATCH/packed/m$i.ko" ;;
	esac
done
head -c 300 "$SCRATCH/packed/m12.ko.xz" >"$SCRATCH/packed/half.ko.xz"
echo text >"$SCRATCH/packed/m20.text.ko.gz"
cp "$SCRATCH/hi.ko" "$SCRATCH/packed/m21.plain.ko.zst"
: >"$SCRATCH/packed/m22.empty.ko.xz"
mkfifo "$SCRATCH/packed/m23.fifo.ko.xz"
ln -s nowhere "$SCRATCH/packed/m24.link.ko.xz"
sections --json "$SCRATCH/packed"
check "a directory of packed modules: all are answered, in order" is \
	"$status $(query '[.files[].module.name] | join(" ")')" "2 $(echo m{10..21} hi m{22..39})"
check "and what is wrong with others is said in order" is "$err" "\
sections: $SCRATCH/packed/half.ko.xz: cannot be unpacked: truncated
sections: $SCRATCH/packed/m20.text.ko.gz: not an ELF file
sections: $SCRATCH/packed/m22.empty.ko.xz: the file is empty
sections: $SCRATCH/packed/m23.fifo.ko.xz: not a regular file
sections: $SCRATCH/packed/m24.link.ko.xz: No such file or directory"
all=$out said=$err
first=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
taskset -c "$first" "$SCRIPTS/sections" --json "$SCRATCH/packed" >"$SCRATCH/out" 2>"$SCRATCH/err"
check "one processor says the same" is "$(cat "$SCRATCH/out" "$SCRATCH/err")" "$all"$'\n'"$said"
(ulimit -n 12 && exec "$SCRIPTS/sections" --json "$SCRATCH/packed") >"$SCRATCH/out" 2>"$SCRATCH/err"
check "so do few open files" is "$(cat "$SCRATCH/out" "$SCRATCH/err")" "$all"$'\n'"$said"

### Wrong input: exit code 2, a message that names the thing, no output

wrong() { # MESSAGE-REGEX NAME ARGUMENT...
	local message=$1 name=$2

	shift 2
	for json in "" --json; do
		sections ${json:+"$json"} "$@"
		check "$name${json:+ ($json)}: exit code 2, no output" is "$status:$out" 2:
		check "$name${json:+ ($json)}: message" like "$err" "$message"
	done
}

# header_of FILE SECTION: where its section header is
header_of() {
	local start index

	start=$(readelf -h "$1" | awk '/Start of section headers/ { print $5 }')
	index=$(readelf -SW "$1" | sed -n "s/^ *\[ *\([0-9]*\)\] $2 .*/\1/p")
	echo $((start + index * 64))
}

echo "no ELF" >"$SCRATCH/text"
: >"$SCRATCH/empty"
head -c $(($(stat -c %s "$SCRATCH/vmlinux") / 2)) "$SCRATCH/vmlinux" >"$SCRATCH/half"
head -c 20 "$SCRATCH/vmlinux" >"$SCRATCH/stump"
strip -o "$SCRATCH/stripped.ko" "$SCRATCH/hi.ko"
zstd -q "$SCRATCH/hi.ko" -o "$SCRATCH/hi.ko.zst"
head -c 300 "$SCRATCH/hi.ko.zst" >"$SCRATCH/half.zst"
(cat "$SCRATCH/hi.ko.zst"; echo garbage) >"$SCRATCH/bad.zst"
printf 'int x;' | gcc -xc -c -o "$SCRATCH/plain.o" -
printf 'int main(void) { return 0; }' | gcc -xc -o "$SCRATCH/prog" -
objcopy -R .modinfo "$SCRATCH/hi.ko" "$SCRATCH/nomodinfo.ko"
printf 'name=hi\0vermagic=x' >"$SCRATCH/unterminated"
objcopy --update-section .modinfo="$SCRATCH/unterminated" "$SCRATCH/hi.ko" "$SCRATCH/badmodinfo.ko"
printf 'name=hi\0' >"$SCRATCH/novermagic"
objcopy --update-section .modinfo="$SCRATCH/novermagic" "$SCRATCH/hi.ko" "$SCRATCH/novermagic.ko"
objcopy -N __init_end "$SCRATCH/vmlinux" "$SCRATCH/noend"
cp "$SCRATCH/hi.ko" "$SCRATCH/liar.ko"
poke "$SCRATCH/liar.ko" $(($(header_of "$SCRATCH/liar.ko" .init.text) + 32)) '\377\377\377\177'
cp "$SCRATCH/hi.ko" "$SCRATCH/liarsym.ko"
poke "$SCRATCH/liarsym.ko" $(($(header_of "$SCRATCH/liarsym.ko" .symtab) + 24)) '\377\377\377\177'
cp "$SCRATCH/hi.ko" "$SCRATCH/liarlink.ko"
poke "$SCRATCH/liarlink.ko" $(($(header_of "$SCRATCH/liarlink.ko" .symtab) + 40)) '\377\377'

wrong "^sections: $SCRATCH/text: not an ELF file$" "a text file" "$SCRATCH/text"
wrong "^sections: $SCRATCH/empty: the file is empty$" "an empty file" "$SCRATCH/empty"
wrong "^sections: $SCRATCH/half: truncated: the section headers start at byte" "half a vmlinux" "$SCRATCH/half"
wrong "^sections: $SCRATCH/stump: " "the first bytes of a vmlinux" "$SCRATCH/stump"
wrong "half.zst: cannot be unpacked: truncated" "half a packed module" "$SCRATCH/half.zst"
wrong "bad.zst: cannot be unpacked: damaged" "a damaged packed module" "$SCRATCH/bad.zst"
wrong "^sections: $SCRATCH/missing: No such file" "a missing file" "$SCRATCH/missing"
wrong "^sections: $SCRATCH/none: no modules" "a directory without modules" "$SCRATCH/none"
wrong "^sections: /dev/null: not a regular file" "a device" /dev/null
wrong "neither a vmlinux .*nor a module" "a program" "$SCRATCH/prog"
wrong "neither a module nor a vmlinux" "a stripped program" "$(readlink -f /bin/true)"
wrong "stripped.ko: no symbol table" "a stripped module" "$SCRATCH/stripped.ko"
wrong "nomodinfo.ko: the module has no .modinfo section" "no .modinfo" "$SCRATCH/nomodinfo.ko"
wrong "badmodinfo.ko: .modinfo: does not end" "an open end in .modinfo" "$SCRATCH/badmodinfo.ko"
wrong "novermagic.ko: .modinfo: there is no vermagic=" "no vermagic" "$SCRATCH/novermagic.ko"
wrong "noend: .symtab: there is no symbol __init_end" "a vmlinux without __init_end" "$SCRATCH/noend"
wrong "liar.ko: .init.text: .* beyond the end of the file" \
	"a section header that lies" "$SCRATCH/liar.ko"
wrong "liarsym.ko: .symtab: .* beyond the end of the file" \
	"a symbol table beyond the end" "$SCRATCH/liarsym.ko"
wrong "liarlink.ko: .symtab: .* string table" "a symbol table without strings" "$SCRATCH/liarlink.ko"
wrong "no file given" "no file"
wrong "unrecognized option '--jsn'" "an unknown option" --jsn "$SCRATCH/hi.ko"
wrong "requires an argument" "an option without its value" "$SCRATCH/hi.ko" --driver

sections --help
check "--help: exit code 0" is "$status:$err" "0:"
check "and the usage on standard output" like "$out" "^Usage: sections "

"$SCRIPTS/sections" "$SCRATCH/hi.ko" >/dev/full 2>"$SCRATCH/err"
check "a full disk behind standard output" is $? 3

tap_end
