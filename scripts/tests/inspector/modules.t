#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector
#
# The inspector on small files made here; no kernel build needed.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

# query FILTER: of the last JSON
query() { jq -r "$1" <<<"$out"; }

section_lines='.files[].sections[] | "\(.name) \(.phase) \(.lifetime)"'
section_sums='.files[].sections[] | select(.size != .unnamed + ([.items[].size] | add // 0)) | .name'
function_lines='.files[].sections[] | .name as $s | .items[] | select(.kind == "function")
	| "\($s) \(.name) \(.aliases | join(",")) \(.owner | "\(.module) \(.module_from) \(.source) \(.source_from)")"'

### Modules

make_module "$tmp/hi.ko" hi "6.12.0 SMP mod_unload "
sections --json "$tmp/hi.ko"
is "$status:$err" "0:" "a module: exit code 0, no message"
is "$(query .schema)" 3 "the JSON names its schema"
is "$(query '.files[0] | "\(.kind) \(.module.name) \(.module.can_unload)"')" \
	"module hi true" "it is module hi, which can be unloaded"
is "$(query "$section_lines" | sort)" "\
.exit.text exit kept for unloading
.init.data init freed after init
.init.text init freed after init" "lifetimes where modules can be unloaded"
is "$(query "$function_lines")" "\
.init.text hi_init init_module hi file module.c symbol
.exit.text hi_undo  hi file module.c symbol
.exit.text hi_exit cleanup_module hi file module.c symbol" \
	"a function and its alias are one item"
is "$(query "$section_sums")" "" "items and bytes without a symbol add up to each section"
is "$(query '.files[0].sections[] | select(.name == ".init.data").items[] | "\(.name) \(.kind) \(.size)"')" \
	"count object 4" "data is listed too"

sections "$tmp/hi.ko"
like "$out" "hi_init = init_module +hi" "the table shows the alias"
like "$out" ".exit.text +[0-9]+ bytes  kept for unloading" "and the lifetime"

make_module "$tmp/stay.ko" stay "6.12.0 SMP no_mod_unload "
sections --json "$tmp/stay.ko"
is "$(query "$section_lines" | grep exit)" ".exit.text exit freed after init" \
	"without mod_unload in the vermagic, exit is freed after init"

make_module "$tmp/small.ko" small "6.12.0 mod_unload " -m32
sections --json "$tmp/small.ko"
is "$(query "$function_lines" | wc -l)" 3 "a 32-bit module"

for z in "xz --check=crc32" gzip "zstd -q"; do
	cp "$tmp/hi.ko" "$tmp/packed.ko"
	$z -f "$tmp/packed.ko"
	rm -f "$tmp/packed.ko"
	sections --json "$tmp"/packed.ko.*
	is "$(query "$function_lines" | wc -l)" 3 "a module packed by ${z%% *}"
	rm "$tmp"/packed.ko.*
done

sections --driver hi "$tmp/hi.ko"
is "$status" 0 "--driver with the module's name"
sections --driver ho "$tmp/hi.ko"
is "$status:$out" 2: "--driver with another name"
like "$err" "hi.ko: no symbol belongs to module \"ho\"" \
	"says which driver is not there"

### vmlinux

make_vmlinux "$tmp/vmlinux"
sections --json "$tmp/vmlinux"
is "$status:$err" "0:" "a vmlinux: exit code 0, no message"
is "$(query "$section_lines")" "\
.init.text init freed at boot
.init.data init freed at boot
.exit.text exit freed at boot" "lifetimes inside the init area"
is "$(query "$function_lines")" "\
.init.text start_kernel  null unknown null unknown
.init.text early  null unknown core.c symbol
.init.text first  drv_a source a_main.c symbol
.init.text a_helper  drv_a source a_main.c neighbours
.init.text init  drv_a initcall a_main.c symbol
.init.text first  drv__1_b source b_main.c symbol
.init.text b_helper  drv__1_b source b_main.c neighbours
.init.text init  drv__1_b initcall b_main.c symbol
.exit.text leave  drv_a source a_main.c symbol
.exit.text leave  drv__1_b source b_main.c symbol" "owners, each with its evidence"

sections --json --driver drv-a "$tmp/vmlinux"
is "$(query '[.files[].sections[].items[] | select(.kind == "function").name] | join(" ")')" \
	"first a_helper init leave" "--driver, with - for _ as the kernel has it"
sections --driver drv_a "$tmp/vmlinux"
is "$status:${out%%$'\n'*}" "0:$tmp/vmlinux" "--driver in a table"
is "$(awk 'NR > 1 && length > 80' <<<"$out")" "" "which fits 80 columns"

exit_in_init='' exit_kept='.exit.text : { *(.exit.text) }' make_vmlinux "$tmp/vmlinux.kept"
sections --json "$tmp/vmlinux.kept"
is "$(query "$section_lines" | grep exit)" ".exit.text exit kept" \
	"an exit section outside the init area is kept"

echo 'char __uml_exitcall_begin[1];' >"$tmp/um.c"
make_vmlinux "$tmp/vmlinux.um" um
sections --json "$tmp/vmlinux.um"
is "$(query '[.files[].sections[].lifetime] | unique | join(" ")')" kept \
	"user mode Linux frees nothing"

# shellcheck disable=SC2034
exit_in_init='/DISCARD/ : { *(.exit.text) }' make_vmlinux "$tmp/vmlinux.m68k"
sections --driver drv_a "$tmp/vmlinux.m68k"
like "$out" "No exit function of drv_a" "exit code dropped by the linker is said to be missing"

### Directories

mkdir -p "$tmp/mods/sub" "$tmp/none"
cp "$tmp/hi.ko" "$tmp/mods/b.ko"
cp "$tmp/stay.ko" "$tmp/mods/sub/a.ko"
echo text >"$tmp/mods/readme"
sections --json "$tmp/mods"
is "$status $(query '[.files[].module.name] | join(" ")')" "0 hi stay" \
	"a directory: all modules in it, in order"

echo bad >"$tmp/mods/bad.ko"
sections --json "$tmp/mods"
is "$status $(query '.files | length')" "2 2" "one bad file among them: the others are answered"
like "$err" "^sections: $tmp/mods/bad.ko: not an ELF file$" "and the bad one is named"

# Several threads unpack packed files, where there are processors. The output does not show it.
mkdir "$tmp/packed"
for i in {10..39}; do
	make_module "$tmp/packed/m$i.ko" "m$i" "6.12.0 mod_unload "
	case $((i % 3)) in
	0) xz --check=crc32 "$tmp/packed/m$i.ko" ;;
	1) gzip "$tmp/packed/m$i.ko" ;;
	2) zstd -q --rm "$tmp/packed/m$i.ko" ;;
	esac
done
head -c 300 "$tmp/packed/m12.ko.xz" >"$tmp/packed/half.ko.xz"
echo text >"$tmp/packed/m20.text.ko.gz"
cp "$tmp/hi.ko" "$tmp/packed/m21.plain.ko.zst"
: >"$tmp/packed/m22.empty.ko.xz"
mkfifo "$tmp/packed/m23.fifo.ko.xz"
ln -s nowhere "$tmp/packed/m24.link.ko.xz"
sections --json "$tmp/packed"
is "$status $(query '[.files[].module.name] | join(" ")')" \
	"2 $(echo m{10..21} hi m{22..39})" "a directory of packed modules: all are answered, in order"
is "$err" "\
sections: $tmp/packed/half.ko.xz: cannot be unpacked: truncated
sections: $tmp/packed/m20.text.ko.gz: not an ELF file
sections: $tmp/packed/m22.empty.ko.xz: the file is empty
sections: $tmp/packed/m23.fifo.ko.xz: not a regular file
sections: $tmp/packed/m24.link.ko.xz: No such file or directory" "and what is wrong with others is said in order"
all=$out said=$err
first=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
taskset -c "$first" "$scripts/sections" --json "$tmp/packed" >"$tmp/out" 2>"$tmp/err"
is "$(cat "$tmp/out" "$tmp/err")" "$all"$'\n'"$said" "one processor says the same"
(ulimit -n 12 && exec "$scripts/sections" --json "$tmp/packed") >"$tmp/out" 2>"$tmp/err"
is "$(cat "$tmp/out" "$tmp/err")" "$all"$'\n'"$said" "so do few open files"

### Wrong input: exit code 2, a message that names the thing, no output

wrong() { # MESSAGE-REGEX NAME ARGUMENT...
	local message=$1 name=$2

	shift 2
	for json in "" --json; do
		sections ${json:+"$json"} "$@"
		is "$status:$out" 2: "$name${json:+ ($json)}: exit code 2, no output"
		like "$err" "$message" "$name${json:+ ($json)}: message"
	done
}

# header_of FILE SECTION: where its section header is
header_of() {
	local start index

	start=$(readelf -h "$1" | awk '/Start of section headers/ { print $5 }')
	index=$(readelf -SW "$1" | sed -n "s/^ *\[ *\([0-9]*\)\] $2 .*/\1/p")
	echo $((start + index * 64))
}

echo "no ELF" >"$tmp/text"
: >"$tmp/empty"
head -c $(($(stat -c %s "$tmp/vmlinux") / 2)) "$tmp/vmlinux" >"$tmp/half"
head -c 20 "$tmp/vmlinux" >"$tmp/stump"
strip -o "$tmp/stripped.ko" "$tmp/hi.ko"
zstd -q "$tmp/hi.ko" -o "$tmp/hi.ko.zst"
head -c 300 "$tmp/hi.ko.zst" >"$tmp/half.zst"
(cat "$tmp/hi.ko.zst"; echo garbage) >"$tmp/bad.zst"
printf 'int x;' | gcc -xc -c -o "$tmp/plain.o" -
printf 'int main(void) { return 0; }' | gcc -xc -o "$tmp/prog" -
objcopy -R .modinfo "$tmp/hi.ko" "$tmp/nomodinfo.ko"
printf 'name=hi\0vermagic=x' >"$tmp/unterminated"
objcopy --update-section .modinfo="$tmp/unterminated" "$tmp/hi.ko" "$tmp/badmodinfo.ko"
printf 'name=hi\0' >"$tmp/novermagic"
objcopy --update-section .modinfo="$tmp/novermagic" "$tmp/hi.ko" "$tmp/novermagic.ko"
objcopy -N __init_end "$tmp/vmlinux" "$tmp/noend"
cp "$tmp/hi.ko" "$tmp/liar.ko"
poke "$tmp/liar.ko" $(($(header_of "$tmp/liar.ko" .init.text) + 32)) '\377\377\377\177'
cp "$tmp/hi.ko" "$tmp/liarsym.ko"
poke "$tmp/liarsym.ko" $(($(header_of "$tmp/liarsym.ko" .symtab) + 24)) '\377\377\377\177'
cp "$tmp/hi.ko" "$tmp/liarlink.ko"
poke "$tmp/liarlink.ko" $(($(header_of "$tmp/liarlink.ko" .symtab) + 40)) '\377\377'

wrong "^sections: $tmp/text: not an ELF file$" "a text file" "$tmp/text"
wrong "^sections: $tmp/empty: the file is empty$" "an empty file" "$tmp/empty"
wrong "^sections: $tmp/half: truncated: the section headers start at byte" "half a vmlinux" "$tmp/half"
wrong "^sections: $tmp/stump: " "the first bytes of a vmlinux" "$tmp/stump"
wrong "half.zst: cannot be unpacked: truncated" "half a packed module" "$tmp/half.zst"
wrong "bad.zst: cannot be unpacked: damaged" "a damaged packed module" "$tmp/bad.zst"
wrong "^sections: $tmp/missing: No such file" "a missing file" "$tmp/missing"
wrong "^sections: $tmp/none: no modules" "a directory without modules" "$tmp/none"
wrong "^sections: /dev/null: not a regular file" "a device" /dev/null
wrong "neither a vmlinux .*nor a module" "a program" "$tmp/prog"
wrong "neither a module nor a vmlinux" "a stripped program" "$(readlink -f /bin/true)"
wrong "stripped.ko: no symbol table" "a stripped module" "$tmp/stripped.ko"
wrong "nomodinfo.ko: the module has no .modinfo section" "no .modinfo" "$tmp/nomodinfo.ko"
wrong "badmodinfo.ko: .modinfo: does not end" "an open end in .modinfo" "$tmp/badmodinfo.ko"
wrong "novermagic.ko: .modinfo: there is no vermagic=" "no vermagic" "$tmp/novermagic.ko"
wrong "noend: .symtab: there is no symbol __init_end" "a vmlinux without __init_end" "$tmp/noend"
wrong "liar.ko: .init.text: .* beyond the end of the file" \
	"a section header that lies" "$tmp/liar.ko"
wrong "liarsym.ko: .symtab: .* beyond the end of the file" \
	"a symbol table beyond the end" "$tmp/liarsym.ko"
wrong "liarlink.ko: .symtab: .* string table" "a symbol table without strings" "$tmp/liarlink.ko"
wrong "no file given" "no file"
wrong "unrecognized option '--jsn'" "an unknown option" --jsn "$tmp/hi.ko"
wrong "requires an argument" "an option without its value" "$tmp/hi.ko" --driver

sections --help
is "$status:$err" "0:" "--help: exit code 0"
like "$out" "^Usage: sections " "and the usage on standard output"

"$scripts/sections" "$tmp/hi.ko" >/dev/full 2>"$tmp/err"
is $? 3 "a full disk behind standard output"

done_testing
