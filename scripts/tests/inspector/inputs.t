#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector
#
# The kinds of files that the inspector reads: byte orders, classes, objects, debug
# files, and what stands beside a vmlinux. Made here; no kernel build needed.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

functions='.files[].sections[] | "\(.name) \(.lifetime) \(.items[] | select(.kind != "object") | "\(.name) \(.kind) \(.size)")"'

### Byte orders and classes: PowerPC's assembler writes big-endian files of both

for bits in 32 64; do
	big_endian_source $bits | powerpc-linux-gnu-as -a$bits -o "$SCRATCH/big$bits.ko"
	check "a big-endian module of $bits bits:" like "$(readelf -h "$SCRATCH/big$bits.ko")" "ELF$bits.*big endian"
	sections --json "$SCRATCH/big$bits.ko"
	check "it is answered" is "$status:$err" "0:"
	check "with the right functions and sizes" is \
		"$(query '.files[0].sections[] | "\(.name) \(.phase) \(.size) \(.items[] | "\(.name) \(.aliases[0]) \(.size)")"')" \
		"\
.init.text init 8 big_init init_module 8
.exit.text exit 12 big_exit cleanup_module 12"
done
check "64-bit PowerPC frees no init section of a module" is "$(query '.files[0].sections[0].lifetime')" kept
sections --json "$SCRATCH/big32.ko"
check "32-bit PowerPC does" is "$(query '.files[0].sections[0].lifetime')" "freed after init"

{
	big_endian_source 64
	echo '.section .init.text, "ax", @progbits; .zero 5; label: .zero 3; .type next, @function'
	echo 'next: .zero 4; .size next, 4; .zero 2'
} | powerpc-linux-gnu-as -a64 -o "$SCRATCH/gaps.ko"
sections --json "$SCRATCH/gaps.ko"
check "labels reach to the next symbol; what no symbol names is counted" is \
	"$(query '.files[0].sections[] | select(.name == ".init.text") | "\(.size) \(.unnamed) \([.items[] | "\(.name) \(.kind) \(.size)"] | join(", "))"')" \
	"22 7 big_init function 8, label assembler 3, next function 4"

### Padding: before each function of x86 kernels with CALL_PADDING

# padding NAME BYTES; code NAME BYTES [TYPE]: for the assembler, a symbol and what it names
padding() { printf '\t.type "%s", @function\n"%s": .zero %s\n\t.size "%s", %s\n' "$1" "$1" "$2" "$1" "$2"; }
code() { padding "$1" "$2" | sed "s/@function/${3-@function}/"; }
padded() { padding "__pfx_$1" 16; code "$1" "$2"; }

# What is listed of a section: "SIZE UNNAMED: NAME KIND ALIASES SIZE PADDING ADDRESS, ..."
listed() {
	query ".files[0].sections[] | select(.name == \"$1\") | \"\(.size) \(.unnamed): \([.items[]
		| ([.name, .kind] + .aliases + [.size, .padding, .address]) | map(tostring) | join(\" \")] | join(\", \"))\""
}

# pad_module SECTION: a module of the code on standard input, in that section, assembled
pad_module() {
	{
		big_endian_source 64 | sed '/section .init.text/,/size init_module/d; /quad init_module/d'
		echo ".section $1, \"ax\", @progbits"
		cat
	} | as --64 -o "$SCRATCH/pad.ko" && sections --json "$SCRATCH/pad.ko"
}

pad_module .init.text < <(
	padded first 24
	padding __pfx_second.constprop.0 16
	code second.constprop.0 8
	padded first.isra.0 4
	code first.cold 3
	echo ".zero 5"
	padded last 7
)
check "padding before functions: answered" is "$status:$err" "0:"
check "its bytes are those of the function behind it, of clones too; a part without padding has none" is \
	"$(listed .init.text)" "115 5: first function 40 16 0x10, second.constprop.0 function 24 16 0x38, \
first.isra.0 function 20 16 0x50, first.cold function 3 0 0x54, last function 23 16 0x6c"
sections "$SCRATCH/pad.ko"
check "the table does not list it" is "$(grep -c __pfx_ <<<"$out")" 0
check "and counts it" like "$out" "      40  first "
sections --json --by module "$SCRATCH/pad.ko"
check "--by counts it once" is "$(query '.sums[] | select(.name == "total").total')" 127

pad_module .init.text < <(
	echo ".globl init_module, __pfx_init_module; .type init_module, @function; .type __pfx_init_module, @function"
	echo ".set __pfx_init_module, . ; .size __pfx_init_module, 16"
	padding __pfx_hi_init 16
	echo ".set init_module, . ; .size init_module, 8"
	code hi_init 8
)
check "aliases have one padding" is "$(listed .init.text)" "24 0: hi_init function init_module 24 16 0x10"

pad_module .init.text < <(
	padding __pfx_renamed 16
	code new_name 4
	code label 4 @notype
	echo ".zero 2"
	padding __pfx_label_too 16
	echo "label_too: .zero 6"
	padding __pfx_away 16
	echo ".zero 3"
	code elsewhere 4
	padding __pfx_gone 16
)
check "padding is that of what begins at its end, and of nothing if that is not there" is \
	"$(listed .init.text)" "87 35: new_name function 20 16 0x10, label assembler 6 0 0x14, \
label_too assembler 22 16 0x2a, elsewhere function 4 0 0x43"

pad_module .init.text < <(
	padding __cfi_near 16
	code near 4
	padding __cfi_far 5
	echo ".zero 11"
	code far 4
	padding __cfi_check 8
	code other 4
	padding __pfx___cfi_slow 16
	code __cfi_slow 4
	padding __pfx_both 16
	padding __cfi_both 16
	code both 4
	padding __pi___pfx_early 16
	code __pi_early 4
	padding __cfi_end 4
)
check "clang's padding for CFI, with its name and only so" is \
	"$(listed .init.text)" \
	"132 0: near function 20 16 0x10, far function 20 16 0x24, __cfi_check function 8 0 0x28, \
other function 4 0 0x30, __cfi_slow function 20 16 0x44, both function 36 32 0x68, \
__pi_early function 20 16 0x7c, __cfi_end function 4 0 0x80"

pad_module .init.text < <(
	echo ".type whole, @function; whole: .zero 8"
	padding __pfx_inner 16
	code inner 4
	echo ".zero 12; .size whole, 40"
)
check "padding inside of something is not counted twice" is \
	"$(listed .init.text)" "40 0: whole function 40 0 0x0, inner function 0 0 0x18"

# A local symbol of the unit that has no debug information, before those that have.
cat >"$SCRATCH/unit.c" <<-EOF
	asm(".pushsection .init.text, \"ax\", @progbits\n"
	    ".type __pfx_unit_init, @function\n"
	    "__pfx_unit_init: .zero 16\n"
	    ".size __pfx_unit_init, 16\n"
	    ".popsection\n");
	static int __attribute__((section(".init.text"), used)) unit_init(void) { return 0; }
	static int __attribute__((section(".initcall6.init"), used)) unit_data = 1;
	EOF
CFLAGS=-g make_vmlinux "$SCRATCH/vmlinux.unit" unit
sections --json "$SCRATCH/vmlinux.unit"
check "padding does not stand for its file's functions" is \
	"$(query '.files[].sections[].items[] | select(.name == "unit_data").owner | "\(.source) \(.source_from)"')" \
	"unit.c debug-unit"

### Thumb: the address of a function is odd, its code is a byte before
# (EM_ARM, 40, written into an i386 module, where arm_exit is at 1)

address='.files[0].sections[].items[] | select(.name == "arm_exit" or (.aliases | index("arm_exit"))).address'
make_module "$SCRATCH/arm.ko" arm "6.12.0 mod_unload " -m32
sections --json "$SCRATCH/arm.ko"
check "on other machines an odd address is one" is "$status $(query "$address")" "0 0x1"
poke "$SCRATCH/arm.ko" 18 '\050'
sections --json "$SCRATCH/arm.ko"
check "on ARM it stands for Thumb code" is "$status $(query "$address")" "0 0x0"

### Sections without number: more than 65,280 of them

{
	big_endian_source 64
	for i in {1..65300}; do
		echo ".section .s$i, \"a\", @progbits"
	done
	echo '.section .init.last, "ax", @progbits; .type last, @function; last: .zero 4; .size last, 4'
} | powerpc-linux-gnu-as -a64 -o "$SCRATCH/many.ko"
sections --json "$SCRATCH/many.ko"
check "a symbol whose section's number does not fit is found (SHN_XINDEX)" is \
	"$status $(query '.files[0].sections[] | select(.name == ".init.last").items[] | "\(.name) \(.size)"')" \
	"0 last 4"

### Objects and debug files

make_vmlinux "$SCRATCH/vmlinux"
sections --json "$SCRATCH/a_main.o"
check "an object that is not linked: nothing says what becomes of its sections" is \
	"$(query '.files[0] | "\(.kind) \([.sections[].lifetime] | unique | join(" "))"')" "object unknown"
check "but its initcall says whose they are" is \
	"$(query '[.files[0].sections[].items[] | select(.name == "init").owner | "\(.module) \(.module_from)"] | join(" ")')" \
	"drv_a initcall"

make_module "$SCRATCH/debug.ko" hi "6.12.0 mod_unload " -g
objcopy --only-keep-debug "$SCRATCH/debug.ko" "$SCRATCH/hi.ko.debug"
sections --json "$SCRATCH/hi.ko.debug"
check "a separate debug file: it does not say whose it is" is \
	"$status $(query '.files[0] | "\(.kind) \(.module.name) \(.module.can_unload)"')" "0 module null null"
check "it has sources and sizes; what only the module says is unknown" is \
	"$(query '.files[0].sections[] | select(.name | endswith(".text")) | "\(.lifetime): \([.items[].owner.source] | unique | join(" "))"')" \
	"\
freed after init: $SCRATCH/module.c
unknown: $SCRATCH/module.c"
sections "$SCRATCH/hi.ko.debug"
check "the table says so too" like "$out" "debug information of a module"
for z in xz gzip "zstd -q"; do
	cp "$SCRATCH/debug.ko" "$SCRATCH/packed.ko"
	$z -f "$SCRATCH/packed.ko"
	rm -f "$SCRATCH/packed.ko"
	sections --json "$SCRATCH"/packed.ko.*
	check "debug information packed by ${z%% *}" is \
		"$status $(query '.files[0].sections[].items[] | select(.name == "hi_init").owner.source')" \
		"0 $SCRATCH/module.c"
	rm "$SCRATCH"/packed.ko.*
done

### Debug information

for format in -gdwarf-4 -gdwarf-5 "-gdwarf-4 -gdwarf64" "-gdwarf-5 -gdwarf64" "-gdwarf-5 -gz"; do
	CFLAGS=$format make_vmlinux "$SCRATCH/vmlinux.debug"
	sections --json "$SCRATCH/vmlinux.debug"
	check "sources by debug information, gcc $format" is \
		"$(query '[.files[].sections[] | select(.name == ".init.text").items[].owner | "\(.source_from) \(.source)"] | unique | join(" ")')" \
		"debug a_main.c debug b_main.c debug core.c"
done
objcopy -R .debug_aranges "$SCRATCH/vmlinux.debug" "$SCRATCH/vmlinux.noaranges"
sections --json "$SCRATCH/vmlinux.noaranges"
check "without .debug_aranges, as clang leaves it, too" is \
	"$(query '[.files[].sections[] | select(.name == ".init.text").items[].owner | "\(.source_from) \(.source)"] | unique | join(" ")')" \
	"debug a_main.c debug b_main.c debug core.c"

### Beside a vmlinux

mkdir "$SCRATCH/build" "$SCRATCH/build/lib"
make_vmlinux "$SCRATCH/build/vmlinux"
cat >"$SCRATCH/build/modules.builtin.ranges" <<-EOF
	.text 00000000-00000000 = _text
	.init.text 00000000-00000000 = _sinittext
	.init.text 00000000-00000006 foo
	.init.text 00000006-0000000c bar baz
	EOF
sections --json "$SCRATCH/build/vmlinux"
check "modules.builtin.ranges names modules; code of two modules is nobody's" is \
	"$(query '.files[].sections[].items[] | select(.name == "start_kernel" or .name == "early").owner | "\(.module) \(.module_from)"')" \
	"\
foo ranges
null unknown"
sections --json --driver foo "$SCRATCH/build/vmlinux"
check "--driver by ranges" is "$status $(query '[.files[].sections[].items[].name] | join(" ")')" "0 start_kernel"
echo "bad line" >>"$SCRATCH/build/modules.builtin.ranges"
sections "$SCRATCH/build/vmlinux"
check "a bad line in it: exit code 2" is "$status:$out" "2:"
check "and a message that names file and line" like "$err" "modules.builtin.ranges: line 5 is not"
rm "$SCRATCH/build/modules.builtin.ranges"

cp "$SCRATCH"/{core,a_main,b_main}.o "$SCRATCH/build/lib"
(cd "$SCRATCH/build" && ar cDPrST vmlinux.a lib/core.o lib/a_main.o lib/b_main.o)
echo kernel/lib/co-re.ko >"$SCRATCH/build/modules.builtin"
echo "cmd_lib/core.o := gcc -DKBUILD_MODFILE='\"lib/co-re\"' -c" >"$SCRATCH/build/lib/.core.o.cmd"
sections --json "$SCRATCH/build/vmlinux"
check "a driver's file without an initcall: by the objects and commands of its build tree" is \
	"$(query '.files[].sections[].items[] | select(.name == "start_kernel" or .name == "early").owner | "\(.module) \(.module_from) \(.source) \(.source_from)"')" \
	"\
co_re build lib/core.c object
co_re build lib/core.c object"
echo kernel/lib/other.ko >"$SCRATCH/build/modules.builtin"
sections --json "$SCRATCH/build/vmlinux"
check "what modules.builtin does not list is no module" is \
	"$(query '[.files[].sections[].items[] | select(.name == "early").owner.module] | join(" ")')" ""
echo kernel/lib/quiet.ko >"$SCRATCH/build/modules.builtin"
sections --driver quiet "$SCRATCH/build/vmlinux"
check "a driver that is built in and has nothing in these sections is no error" is "$status" 0
check "and is said to have nothing" like "$out" "No exit function of quiet"

exit_in_init='/DISCARD/ : { *(.exit.text) }' make_vmlinux "$SCRATCH/build/vmlinux"
ld -r -o "$SCRATCH/build/vmlinux.o" "$SCRATCH"/{core,a_main,b_main}.o
touch -r "$SCRATCH/build/vmlinux" "$SCRATCH/build/vmlinux.o"
sections --json "$SCRATCH/build/vmlinux"
check "vmlinux.o beside it shows what the linker left out" is "$(query "$functions" | grep leave)" "\
.exit.text discarded by the linker leave function 1
.exit.text discarded by the linker leave function 1"
touch -d "1 minute" "$SCRATCH/build/vmlinux.o"
sections --json "$SCRATCH/build/vmlinux"
check "one that is newer is of another build" is "$(query "$functions" | grep -c leave)" 0

### Files of a kernel that have no symbols

# boot_image FILE OFFSET MAGIC
boot_image() {
	head -c 4096 /dev/zero >"$1"
	poke "$1" "$2" "$3"
}
instead() { # FILE WHAT INSTEAD
	sections "$1"
	check "$2: exit code 2" is "$status:$out" 2:
	check "and the file to use" is "$err" "sections: $1: this is $2, which has no symbols: use $3"
}
generic="the vmlinux at the top of its build directory, or that of a package with debug information (on Debian linux-image"
mkdir -p "$SCRATCH/away" "$SCRATCH/tree/arch/x86/boot"
boot_image "$SCRATCH/away/Image" 56 'ARM\144'
instead "$SCRATCH/away/Image" "an arm64 Image" "$generic-RELEASE-dbg)"
gzip -k "$SCRATCH/away/Image"
instead "$SCRATCH/away/Image.gz" "an arm64 Image" "$generic-RELEASE-dbg)"
boot_image "$SCRATCH/away/Image" 56 'RSC\005'
instead "$SCRATCH/away/Image" "a riscv Image" "$generic-RELEASE-dbg)"
boot_image "$SCRATCH/away/vmlinuz" 4 zimg
instead "$SCRATCH/away/vmlinuz" "a packed EFI image (vmlinuz)" "$generic-RELEASE-dbg)"
boot_image "$SCRATCH/away/zImage" 36 '\030\050\157\001'
instead "$SCRATCH/away/zImage" "an arm zImage" "$generic-RELEASE-dbg)"
boot_image "$SCRATCH/away/uImage" 0 '\047\005\031\126'
instead "$SCRATCH/away/uImage" "a uImage" "$generic-RELEASE-dbg)"
boot_image "$SCRATCH/away/bzImage" 514 HdrS
poke "$SCRATCH/away/bzImage" 526 '\000\001'
poke "$SCRATCH/away/bzImage" 768 '7.3.4-test (me@here) #1'
instead "$SCRATCH/away/bzImage" "a bzImage" "$generic-7.3.4-test-dbg)"
cp "$SCRATCH/away/bzImage" "$SCRATCH/tree/arch/x86/boot"
make_vmlinux "$SCRATCH/tree/vmlinux"
instead "$SCRATCH/tree/arch/x86/boot/bzImage" "a bzImage" "$SCRATCH/tree/arch/x86/boot/../../../vmlinux"
sections "${err##* }"
check "that file is answered" is "$status:$err" "0:"
strip -o "$SCRATCH/away/stripped" "$SCRATCH/tree/vmlinux"
instead "$SCRATCH/away/stripped" "a stripped vmlinux" "$generic-RELEASE-dbg)"
cp "$SCRATCH/away/stripped" "$SCRATCH/tree/vmlinux.stripped"
instead "$SCRATCH/tree/vmlinux.stripped" "a stripped vmlinux" "$SCRATCH/tree/vmlinux"

### What asks for too much

head -c 600000000 /dev/zero | gzip -1 >"$SCRATCH/bomb.ko.gz"
sections "$SCRATCH/bomb.ko.gz"
check "a file that unpacks without end" is "$status:$out:${err##*: }" "2::more than 512 MiB when unpacked"

tap_end
