#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector
#
# --kernel and --running, on kernels and modules made here.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

query() { jq -r "$1" <<<"$out"; }

# The modules made here have init at 64 and exit at 72 of 80 bytes.

# kernel_source BEFORE-INIT BETWEEN BEHIND [EXIT]: a kernel whose struct module has that many
# bytes in these places
kernel_source() {
	cat <<-EOF
	const char message[] __attribute__((section(".rodata"), used)) = "${message-}";
	static const char vermagic[] __attribute__((used)) = "${vermagic-6.12.0 mod_unload }";
	struct module {
		char name[$1];
		int (*init)(void);
		char between[$2];
		${4-void (*exit)(void);}
		char behind[$3];
	} some_module;
	EOF
	[ -z "${crc-}" ] || echo "const int checksum __asm__(\"__crc_printk\") = $crc;"
	[ -z "${long_crc-}" ] || echo "const int long_checksum __asm__(\"__crc_$long_name\") = $long_crc;"
}

# make_kernel FILE BEFORE-INIT BETWEEN BEHIND [EXIT]
make_kernel() {
	local file=$1

	shift
	kernel_source "$@" >"$tmp/kernel.c"
	CFLAGS=-g make_vmlinux "$file" kernel
}

# against KERNEL MODULE: "STATUS VERDICT: WHY"
against() {
	sections --json --kernel "$1" "$2"
	echo "$status $(query '.modules[] | "\(.verdict): \(.why)"')$err"
}

make_module "$tmp/hi.ko" hi "6.12.0 mod_unload "

make_kernel "$tmp/same" 64 0 0
is "$(against "$tmp/same" "$tmp/hi.ko")" "0 good: null" "the kernel that it was built for"
make_kernel "$tmp/later" 64 16 0
is "$(against "$tmp/later" "$tmp/hi.ko")" "1 permanent: .exit is at 72, the kernel's is at 88" \
	"a kernel that has exit elsewhere: the module would be permanent"
sections --kernel "$tmp/later" "$tmp/hi.ko"
like "$out" "hi +permanent +.exit is at 72" "the table says so"
like "$out" "make -C /lib/modules/RELEASE/build" "and what to do"
make_kernel "$tmp/before" 48 8 8
is "$(against "$tmp/before" "$tmp/hi.ko")" "1 crash: the kernel would call init_module as .exit" \
	"one function where the kernel has the other"
make_kernel "$tmp/moved" 32 16 0
is "$(against "$tmp/moved" "$tmp/hi.ko")" "1 not run: .init is at 64, the kernel's is at 32" \
	"a kernel that has init elsewhere"
make_kernel "$tmp/nounload" 64 0 0 ""
is "$(against "$tmp/nounload" "$tmp/hi.ko")" "1 permanent: the kernel has no CONFIG_MODULE_UNLOAD" \
	"a kernel without exit"
vermagic="6.13.0 mod_unload " make_kernel "$tmp/other" 64 0 0
is "$(against "$tmp/other" "$tmp/hi.ko")" "1 refused: vermagic is '6.12.0 mod_unload ', the kernel's is '6.13.0 mod_unload '" \
	"another vermagic"
message="section size must match the kernel's built struct module size" make_kernel "$tmp/checks" 64 0 8
is "$(against "$tmp/checks" "$tmp/hi.ko")" "1 refused: struct module has 80 bytes, the kernel's has 88" \
	"another size, and a kernel that looks at it"
make_kernel "$tmp/lax" 64 0 8
is "$(against "$tmp/lax" "$tmp/hi.ko")" "0 good: null" "another size, and a kernel that does not"

{
	module_source versions "6.11.0 mod_unload "
	echo 'struct { long crc; char name[56]; } versions __section("__versions") = { 0x1234, "printk" };'
} >"$tmp/versions.c"
gcc -O1 -fno-inline -ffreestanding -fno-pie -fno-asynchronous-unwind-tables -c -o "$tmp/versions.ko" "$tmp/versions.c"
crc=0x1234 make_kernel "$tmp/crc" 64 0 0
is "$(against "$tmp/crc" "$tmp/versions.ko")" "0 good: null" \
	"with symbol versions the release may differ, and they agree"
crc=0x4321 make_kernel "$tmp/crc" 64 0 0
is "$(against "$tmp/crc" "$tmp/versions.ko")" "1 refused: disagrees about version of symbol printk" \
	"they do not agree"

### EXTENDED_MODVERSIONS: checksums and names in sections of their own, since 6.14

long_name=$(printf 'symbol_%.0s' {1..12})
extended="extended version crc+name presence does not match"

# versioned [BASIC] [CRCS] [NAMES]: a module with these sections, "" for none
versioned() {
	{
		module_source versioned "${release-6.12.0} mod_unload "
		[ -z "$1" ] || echo "struct { long crc; char name[56]; } versions __section(\"__versions\") = { $1, \"printk\" };"
		[ -z "$2" ] || echo "const unsigned int crcs[] __section(\"__version_ext_crcs\") = { $2 };"
		[ -z "$3" ] || echo "const char names[] __section(\"__version_ext_names\") = $3;"
	} >"$tmp/versioned.c"
	gcc -O1 -fno-inline -ffreestanding -fno-pie -fno-asynchronous-unwind-tables -c -o "$tmp/versioned.ko" "$tmp/versioned.c"
}
both_names="\"$long_name\\0printk\\0\""

message=$extended crc=0x1234 long_crc=0x5678 make_kernel "$tmp/extended" 64 0 0
crc=0x1234 long_crc=0x5678 make_kernel "$tmp/basic" 64 0 0
versioned "" "0x5678, 0x1234" "$both_names"
is "$(against "$tmp/extended" "$tmp/versioned.ko")" "0 good: null" "extended versions that agree"
sections --json --section '__version*' "$tmp/versioned.ko"
is "$(query '.files[].sections[] | "\(.name) \(.lifetime)"' | sort)" "\
__version_ext_crcs not loaded
__version_ext_names not loaded" "they are not loaded"
versioned "" "0x5679, 0x1234" "$both_names"
is "$(against "$tmp/extended" "$tmp/versioned.ko")" "1 refused: disagrees about version of symbol $long_name" \
	"one of a long name that does not"
versioned "" "0x5678, 0x1235" "$both_names"
is "$(against "$tmp/extended" "$tmp/versioned.ko")" "1 refused: disagrees about version of symbol printk" \
	"one behind it that does not"
is "$(against "$tmp/basic" "$tmp/versioned.ko")" "0 good: null" "an older kernel does not read them"
versioned 0x4321 "0x5678, 0x1234" "$both_names"
is "$(against "$tmp/extended" "$tmp/versioned.ko")" "0 good: null" "a kernel that reads them reads no others"
is "$(against "$tmp/basic" "$tmp/versioned.ko")" "1 refused: disagrees about version of symbol printk" \
	"an older kernel reads the others"
release=6.11.0 versioned "" "0x5678, 0x1234" "$both_names"
is "$(against "$tmp/extended" "$tmp/versioned.ko")" \
	"1 refused: vermagic is '6.11.0 mod_unload ', the kernel's is '6.12.0 mod_unload '" "with these alone the release has to be the same"
release=6.11.0 versioned 0x1234 "0x5678, 0x1234" "$both_names"
is "$(against "$tmp/extended" "$tmp/versioned.ko")" "0 good: null" "with both it may differ"
versioned "" "0x1234" ""
is "$(against "$tmp/extended" "$tmp/versioned.ko")" "1 refused: $extended" "checksums without names"
versioned "" "" '"printk"'
is "$(against "$tmp/extended" "$tmp/versioned.ko")" "1 refused: $extended" "names without checksums"
versioned "" "0x5678, 0x1234, 1" "$both_names"
is "$(against "$tmp/extended" "$tmp/versioned.ko")" "0 good: null" "an empty name is one"
versioned "" "0x5678, 0x1234, 1, 2" "$both_names"
is "$(against "$tmp/extended" "$tmp/versioned.ko")" "1 refused: more extended version crcs than names" \
	"more checksums than names"

module_source none "6.12.0 mod_unload " | sed '/cleanup_module(void)/d; s/, .exit = cleanup_module//' >"$tmp/none.c"
gcc -O1 -fno-inline -ffreestanding -fno-pie -fno-asynchronous-unwind-tables -c -o "$tmp/none.ko" "$tmp/none.c"
is "$(against "$tmp/same" "$tmp/none.ko")" "0 good: permanent in every kernel: it has no exit function" \
	"a module without an exit function is permanent in any kernel"

sections --kernel "$tmp/hi.ko" "$tmp/hi.ko"
is "$status:$out" 2: "what is no kernel: exit code 2"
like "$err" "hi.ko: neither BTF nor debug information describes struct module" "and a message"
make_vmlinux "$tmp/plain"
sections --kernel "$tmp/plain" "$tmp/hi.ko"
is "$status:$out" 2: "a vmlinux with neither: exit code 2"
sections --kernel "$tmp/same" "$tmp/same"
is "$status:$out" 2: "a vmlinux as the module: exit code 2"
like "$err" "only a module can be compared with a kernel" "and a message"

### --running, of a machine made here

root=$tmp/root
mkdir -p "$root"/{proc/sys/kernel,sys/kernel/btf,sys/module/hi,lib/modules/6.12.0/kernel}
echo 6.12.0 >"$root/proc/sys/kernel/osrelease"
cp "$tmp/later" "$root/sys/kernel/btf/vmlinux"
cp "$tmp/hi.ko" "$root/lib/modules/6.12.0/kernel/hi.ko"
cp "$tmp/none.ko" "$root/lib/modules/6.12.0/kernel/no-ne.ko"
echo 4096 >"$root/sys/module/hi/initsize"
cat >"$root/proc/modules" <<-EOF
	hi 16384 0 [permanent], Live 0x0000000000000000
	no_ne 12288 2 hi,[permanent], Live 0x0000000000000000 (O)
	gone 8192 0 - Live 0x0000000000000000
	EOF
sections --json --running --root "$root"
is "$status:$err" "0:" "--running is answered"
is "$(query '.running[] | "\(.module) \(.size) \(.init_size) \(.users) \(.state) \(.verdict): \(.why)"')" "\
hi 16384 4096 0 permanent permanent: .exit is at 72, the kernel's is at 88
no_ne 12288 -1 2 permanent good: permanent in every kernel: it has no exit function
gone 8192 -1 0 null null: /lib/modules has no file for it" "which modules are permanent, and why"
sections --running --root "$root"
is "$status $(awk 'length > 80' <<<"$out")" "0 " "the table fits 80 columns"
: >"$root/proc/modules"
sections --running --root "$root"
is "$status:$out" "0:No module is loaded." "no module"
echo nonsense >"$root/proc/modules"
sections --running --root "$root"
is "$status:$out" 2: "what is no /proc/modules: exit code 2"
rm "$root/proc/modules"
sections --running --root "$root"
is "$status:$out" 3: "a kernel without modules: exit code 3"
like "$err" "root/proc/modules: missing: this kernel cannot load modules" "and a message"
sections --running "$tmp/hi.ko"
is "$status:$out" 2: "--running takes no file"
sections --root "$root" "$tmp/hi.ko"
is "$status:$out" 2: "--root without --running"

done_testing
