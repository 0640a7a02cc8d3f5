#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector
#
# --kernel and --running, on kernels and modules made here.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

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
	kernel_source "$@" >"$SCRATCH/kernel.c"
	CFLAGS=-g make_vmlinux "$file" kernel
}

# against KERNEL MODULE: "STATUS VERDICT: WHY"
against() {
	sections --json --kernel "$1" "$2"
	echo "$status $(query '.modules[] | "\(.verdict): \(.why)"')$err"
}

make_module "$SCRATCH/hi.ko" hi "6.12.0 mod_unload "

make_kernel "$SCRATCH/same" 64 0 0
check "the kernel that it was built for" is "$(against "$SCRATCH/same" "$SCRATCH/hi.ko")" "0 good: null"
make_kernel "$SCRATCH/later" 64 16 0
check "a kernel that has exit elsewhere: the module would be permanent" is \
	"$(against "$SCRATCH/later" "$SCRATCH/hi.ko")" "1 permanent: .exit is at 72, the kernel's is at 88"
sections --kernel "$SCRATCH/later" "$SCRATCH/hi.ko"
check "the table says so" like "$out" "hi +permanent +.exit is at 72"
check "and what to do" like "$out" "make -C /lib/modules/RELEASE/build"
make_kernel "$SCRATCH/before" 48 8 8
check "one function where the kernel has the other" is \
	"$(against "$SCRATCH/before" "$SCRATCH/hi.ko")" "1 crash: the kernel would call init_module as .exit"
make_kernel "$SCRATCH/moved" 32 16 0
check "a kernel that has init elsewhere" is \
	"$(against "$SCRATCH/moved" "$SCRATCH/hi.ko")" "1 not run: .init is at 64, the kernel's is at 32"
make_kernel "$SCRATCH/nounload" 64 0 0 ""
check "a kernel without exit" is \
	"$(against "$SCRATCH/nounload" "$SCRATCH/hi.ko")" "1 permanent: the kernel has no CONFIG_MODULE_UNLOAD"
vermagic="6.13.0 mod_unload " make_kernel "$SCRATCH/other" 64 0 0
check "another vermagic" is \
	"$(against "$SCRATCH/other" "$SCRATCH/hi.ko")" \
	"1 refused: vermagic is '6.12.0 mod_unload ', the kernel's is '6.13.0 mod_unload '"
message="section size must match the kernel's built struct module size" make_kernel "$SCRATCH/checks" 64 0 8
check "another size, and a kernel that looks at it" is \
	"$(against "$SCRATCH/checks" "$SCRATCH/hi.ko")" "1 refused: struct module has 80 bytes, the kernel's has 88"
make_kernel "$SCRATCH/lax" 64 0 8
check "another size, and a kernel that does not" is "$(against "$SCRATCH/lax" "$SCRATCH/hi.ko")" "0 good: null"

{
	module_source versions "6.11.0 mod_unload "
	echo 'struct { long crc; char name[56]; } versions __section("__versions") = { 0x1234, "printk" };'
} >"$SCRATCH/versions.c"
compile "$SCRATCH/versions.ko" "$SCRATCH/versions.c"
crc=0x1234 make_kernel "$SCRATCH/crc" 64 0 0
check "with symbol versions the release may differ, and they agree" is \
	"$(against "$SCRATCH/crc" "$SCRATCH/versions.ko")" "0 good: null"
crc=0x4321 make_kernel "$SCRATCH/crc" 64 0 0
check "they do not agree" is \
	"$(against "$SCRATCH/crc" "$SCRATCH/versions.ko")" "1 refused: disagrees about version of symbol printk"

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
	} >"$SCRATCH/versioned.c"
	compile "$SCRATCH/versioned.ko" "$SCRATCH/versioned.c"
}
both_names="\"$long_name\\0printk\\0\""

message=$extended crc=0x1234 long_crc=0x5678 make_kernel "$SCRATCH/extended" 64 0 0
crc=0x1234 long_crc=0x5678 make_kernel "$SCRATCH/basic" 64 0 0
versioned "" "0x5678, 0x1234" "$both_names"
check "extended versions that agree" is "$(against "$SCRATCH/extended" "$SCRATCH/versioned.ko")" "0 good: null"
sections --json --section '__version*' "$SCRATCH/versioned.ko"
check "they are not loaded" is "$(query '.files[].sections[] | "\(.name) \(.lifetime)"' | sort)" "\
__version_ext_crcs not loaded
__version_ext_names not loaded"
versioned "" "0x5679, 0x1234" "$both_names"
check "one of a long name that does not" is \
	"$(against "$SCRATCH/extended" "$SCRATCH/versioned.ko")" "1 refused: disagrees about version of symbol $long_name"
versioned "" "0x5678, 0x1235" "$both_names"
check "one behind it that does not" is \
	"$(against "$SCRATCH/extended" "$SCRATCH/versioned.ko")" "1 refused: disagrees about version of symbol printk"
check "an older kernel does not read them" is "$(against "$SCRATCH/basic" "$SCRATCH/versioned.ko")" "0 good: null"
versioned 0x4321 "0x5678, 0x1234" "$both_names"
check "a kernel that reads them reads no others" is "$(against "$SCRATCH/extended" "$SCRATCH/versioned.ko")" "0 good: null"
check "an older kernel reads the others" is \
	"$(against "$SCRATCH/basic" "$SCRATCH/versioned.ko")" "1 refused: disagrees about version of symbol printk"
release=6.11.0 versioned "" "0x5678, 0x1234" "$both_names"
check "with these alone the release has to be the same" is \
	"$(against "$SCRATCH/extended" "$SCRATCH/versioned.ko")" \
	"1 refused: vermagic is '6.11.0 mod_unload ', the kernel's is '6.12.0 mod_unload '"
release=6.11.0 versioned 0x1234 "0x5678, 0x1234" "$both_names"
check "with both it may differ" is "$(against "$SCRATCH/extended" "$SCRATCH/versioned.ko")" "0 good: null"
versioned "" "0x1234" ""
check "checksums without names" is "$(against "$SCRATCH/extended" "$SCRATCH/versioned.ko")" "1 refused: $extended"
versioned "" "" '"printk"'
check "names without checksums" is "$(against "$SCRATCH/extended" "$SCRATCH/versioned.ko")" "1 refused: $extended"
versioned "" "0x5678, 0x1234, 1" "$both_names"
check "an empty name is one" is "$(against "$SCRATCH/extended" "$SCRATCH/versioned.ko")" "0 good: null"
versioned "" "0x5678, 0x1234, 1, 2" "$both_names"
check "more checksums than names" is \
	"$(against "$SCRATCH/extended" "$SCRATCH/versioned.ko")" "1 refused: more extended version crcs than names"

module_source none "6.12.0 mod_unload " | sed '/cleanup_module(void)/d; s/, .exit = cleanup_module//' >"$SCRATCH/none.c"
compile "$SCRATCH/none.ko" "$SCRATCH/none.c"
check "a module without an exit function is permanent in any kernel" is \
	"$(against "$SCRATCH/same" "$SCRATCH/none.ko")" "0 good: permanent in every kernel: it has no exit function"

sections --kernel "$SCRATCH/hi.ko" "$SCRATCH/hi.ko"
check "what is no kernel: exit code 2" is "$status:$out" 2:
check "and a message" like "$err" "hi.ko: neither BTF nor debug information describes struct module"
make_vmlinux "$SCRATCH/plain"
sections --kernel "$SCRATCH/plain" "$SCRATCH/hi.ko"
check "a vmlinux with neither: exit code 2" is "$status:$out" 2:
sections --kernel "$SCRATCH/same" "$SCRATCH/same"
check "a vmlinux as the module: exit code 2" is "$status:$out" 2:
check "and a message" like "$err" "only a module can be compared with a kernel"

### --running, of a machine made here

root=$SCRATCH/root
mkdir -p "$root"/{proc/sys/kernel,sys/kernel/btf,sys/module/hi,lib/modules/6.12.0/kernel}
echo 6.12.0 >"$root/proc/sys/kernel/osrelease"
cp "$SCRATCH/later" "$root/sys/kernel/btf/vmlinux"
cp "$SCRATCH/hi.ko" "$root/lib/modules/6.12.0/kernel/hi.ko"
cp "$SCRATCH/none.ko" "$root/lib/modules/6.12.0/kernel/no-ne.ko"
echo 4096 >"$root/sys/module/hi/initsize"
cat >"$root/proc/modules" <<-EOF
	hi 16384 0 [permanent], Live 0x0000000000000000
	no_ne 12288 2 hi,[permanent], Live 0x0000000000000000 (O)
	gone 8192 0 - Live 0x0000000000000000
	EOF
sections --json --running --root "$root"
check "--running is answered" is "$status:$err" "0:"
check "which modules are permanent, and why" is \
	"$(query '.running[] | "\(.module) \(.size) \(.init_size) \(.users) \(.state) \(.verdict): \(.why)"')" "\
hi 16384 4096 0 permanent permanent: .exit is at 72, the kernel's is at 88
no_ne 12288 -1 2 permanent good: permanent in every kernel: it has no exit function
gone 8192 -1 0 null null: /lib/modules has no file for it"
sections --running --root "$root"
check "the table fits 80 columns" is "$status $(awk 'length > 80' <<<"$out")" "0 "
: >"$root/proc/modules"
sections --running --root "$root"
check "no module" is "$status:$out" "0:No module is loaded."
echo nonsense >"$root/proc/modules"
sections --running --root "$root"
check "what is no /proc/modules: exit code 2" is "$status:$out" 2:
rm "$root/proc/modules"
sections --running --root "$root"
check "a kernel without modules: exit code 3" is "$status:$out" 3:
check "and a message" like "$err" "root/proc/modules: missing: this kernel cannot load modules"
sections --running "$SCRATCH/hi.ko"
check "--running takes no file" is "$status:$out" 2:
sections --root "$root" "$SCRATCH/hi.ko"
check "--root without --running" is "$status:$out" 2:

tap_end
