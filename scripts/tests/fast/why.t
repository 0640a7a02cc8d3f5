#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: inspector
#
# scripts/why, on a kernel and modules made here, and on logs. slow/why.t does the same in guests.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

# A kernel as it lies in the cache. Its own module tells vermagic and size.
release=9.9.9-test
stock=$SCRATCH/cache/stock/$release
mkdir -p "$stock/modules/kernel" "$stock/headers"
make_module "$stock/modules/kernel/own.ko" own "$release SMP mod_unload modversions "
echo kernel/drivers/inside.ko > "$stock/modules/modules.builtin"
printf 'CONFIG_MODULES=y\nCONFIG_MODVERSIONS=y\nCONFIG_MODULE_FORCE_UNLOAD=y\n' > "$stock/headers/.config"
printf '0x%08x\t%s\t%s\tEXPORT_SYMBOL%s\t%s\n' 0x1234 open_one vmlinux "" "" 0x99 for_gpl vmlinux _GPL "" \
	0x5 spaced vmlinux "" SPACE 0x6 of_other drivers/other-one "" "" 0x7 for_some vmlinux _GPL module:some,good-* > "$stock/headers/Module.symvers"

# module NAME [C-SOURCE-LINE]...: a module for this kernel, with a licence under the GPL unless $licence says otherwise
module() {
	{
		module_source "$1" "${vermagic-$release SMP mod_unload modversions }"
		echo "static const char licence[] __section(\".modinfo\") = \"license=${licence-GPL}\";"
		printf '%s\n' "${@:2}"
	} > "$SCRATCH/module.c"
	compile "$SCRATCH/$1.ko" "$SCRATCH/module.c"
}

# uses SYMBOL: a line of C that needs it
uses() { echo "void $1(void); void *use_$1 __section(\".data\") = $1;"; }

# version SYMBOL CRC: a line of C with its version
version() { echo "struct { long crc; char name[56]; } version_$1 __section(\"__versions\") = { $2, \"$1\" };"; }

why() { HI_CACHE=$SCRATCH/cache "$SCRIPTS/why" --kernel $release "$@"; }

# cause MODULE [OPTION]...: "STATUS CAUSE"
cause() {
	local code=0 out
	out=$(why "$SCRATCH/$1.ko" --json "${@:2}" 2>&1) || code=$?
	echo "$code $(jq -r .cause <<< "$out" || echo "$out")"
}

# log NAME [LINE]...: the cause by a log with these lines
log() { cause "$1" --log <(printf '%s\n' "${@:2}"); }

module good "$(uses open_one)" "$(version open_one 0x1234)"
check "a module that fits" is "$(cause good)" "0 loads"
check "it says by what it knows" like "$(why "$SCRATCH/good.ko")" "known by: vermagic, size"

# The file
vermagic="9.9.8-test SMP mod_unload modversions " module older
check "another release, and no version of a symbol" is "$(cause older)" "1 vermagic"
check "it names the word" like "$(why "$SCRATCH/older.ko")" "word 1 of its vermagic is '9.9.8-test', this kernel's is '9.9.9-test'"
vermagic="9.9.8-test SMP mod_unload modversions " module agreeing "$(uses open_one)" "$(version open_one 0x1234)"
check "another release, and versions that agree" is "$(cause agreeing)" "0 loads"
vermagic="9.9.8-test SMP preempt mod_unload modversions " module preempt "$(version open_one 0x1234)"
check "another word" like "$(why "$SCRATCH/preempt.ko")" "word 3 of its vermagic is 'preempt', this kernel's is 'mod_unload'"
module changed "$(uses open_one)" "$(version open_one 0x1235)"
check "another version of a symbol" is "$(cause changed)" "1 version"
check "it names the symbol and both" like "$(why "$SCRATCH/changed.ko")" "open_one has the version 0x00001235 in the file and 0x00001234"
module lacking "$(uses nowhere)"
check "a symbol that nobody exports" is "$(cause lacking)" "1 unknown-symbol"
module weak "extern void nowhere(void) __attribute__((weak)); void *use __section(\".data\") = nowhere;"
check "a weak one may be missing" is "$(cause weak)" "0 loads"
licence=Proprietary module closed "$(uses for_gpl)"
check "a symbol for the GPL" is "$(cause closed)" "1 gpl-only"
licence="Dual BSD/GPL" module both "$(uses for_gpl)"
check "a licence that is compatible" is "$(cause both)" "0 loads"
module apart "$(uses spaced)"
check "a namespace that is not imported" is "$(cause apart)" "1 namespace"
module inside_space "$(uses spaced)" 'static const char ns[] __section(".modinfo") = "import_ns=SPACE";'
check "one that is" is "$(cause inside_space)" "0 loads"
module good_friend "$(uses for_some)"
check "a symbol for certain modules, and one of them" is "$(cause good_friend)" "0 loads"
module stranger "$(uses for_some)"
check "a symbol for certain modules, and another" is "$(cause stranger)" "1 namespace"
module inside
check "a module that is built in" is "$(cause inside)" "1 builtin"
sed 's/pad\[64\]/pad[80]/' "$SCRATCH/module.c" > "$SCRATCH/large.c"
compile "$SCRATCH/large.ko" "$SCRATCH/large.c"
check "another size of struct module" is "$(cause large)" "1 size"

# What is no module
head -c 900 "$SCRATCH/good.ko" > "$SCRATCH/short.ko"
check "a file that is cut" is "$(cause short)" "1 truncated"
head -c 20 "$SCRATCH/good.ko" > "$SCRATCH/header.ko"
check "cut in the header" is "$(cause header)" "1 truncated"
echo "This is a text, and no module" > "$SCRATCH/text.ko"
check "a text" is "$(cause text)" "1 not-elf"
: > "$SCRATCH/empty.ko"
check "an empty file" is "$(cause empty)" "1 not-elf"
cp /bin/true "$SCRATCH/program.ko"
check "a program" is "$(cause program)" "1 not-relocatable"
echo 'int x;' > "$SCRATCH/object.c"
compile "$SCRATCH/object.ko" "$SCRATCH/object.c"
check "an object that is no module" is "$(cause object)" "1 no-module"
cp "$SCRATCH/good.ko" "$SCRATCH/arm64.ko"
printf '\267\000' | dd of="$SCRATCH/arm64.ko" bs=1 seek=18 conv=notrunc status=none
check "another architecture" is "$(cause arm64)" "1 architecture"
printf '\001' | dd of="$SCRATCH/arm64.ko" bs=1 seek=4 conv=notrunc status=none
check "32 bits" is "$(cause arm64)" "1 architecture"
for packer in gzip xz zstd; do
	$packer -qc "$SCRATCH/good.ko" > "$SCRATCH/packed-$packer.ko"
	check "packed by $packer" is "$(cause "packed-$packer")" "0 loads"
	head -c 300 "$SCRATCH/packed-$packer.ko" > "$SCRATCH/cut-$packer.ko"
	check "packed by $packer, and cut" is "$(cause "cut-$packer")" "1 truncated"
done

# Logs: what 6.1, 6.12 and 7.3, kmod 30 and busybox wrote.
insmod="insmod: ERROR: could not insert module /modules/NAME.ko:"
check "a log of another module" is "$(log good "[    5.1] other: version magic 'a' should be 'b'")" "1 unknown"
check "vermagic" is "$(log good "${insmod/NAME/good} Invalid module format" "[    5.1] good: version magic 'a ' should be 'b '")" "1 vermagic"
check "a version" is "$(log good "[    5.1] good: disagrees about version of symbol open_one" "[    5.1] good: Unknown symbol open_one (err -22)")" "1 version"
check "a size" is "$(log good "${insmod/NAME/good} Invalid module format" \
	"[    5.1] module good: .gnu.linkonce.this_module section size must match the kernel's built struct module size at run time")" "1 size"
check "unsigned" is "$(log good "${insmod/NAME/good} Key was rejected by service" "[    5.1] Loading of unsigned module is rejected")" "1 unsigned"
check "an unknown key" is "$(log good "[    5.1] Loading of module with unavailable key is rejected" "${insmod/NAME/good} Key was rejected by service")" "1 key"
check "lockdown" is "$(log good "${insmod/NAME/good} Operation not permitted" \
	"[    5.1] Lockdown: insmod: unsigned module loading is restricted; see man kernel_lockdown.7")" "1 lockdown"
check "a symbol of a module that is not loaded" like "$(why "$SCRATCH/good.ko" --log <(echo "[    5.1] good: Unknown symbol of_other (err -2)"))" \
	"the module other_one exports it, and is not loaded"
check "a symbol for the GPL" is "$(log closed "[    5.1] closed: Unknown symbol for_gpl (err -2)")" "1 gpl-only"
check "a namespace" is "$(log good "[    5.1] good: module uses symbol (spaced) from namespace SPACE, but does not import it." \
	"[    5.1] good: Unknown symbol spaced (err -22)")" "1 namespace"
check "a blacklist of the kernel" is "$(log good "[    5.1] Module good is blacklisted")" "1 blacklisted"
check "a parameter" is "$(log good "${insmod/NAME/good} Invalid argument" "[    5.1] good: \`many' invalid for parameter \`depth'")" "1 parameter"
check "the same, in busybox's words" is "$(log good "insmod: can't insert 'good.ko': File exists")" "1 loaded"
check "loaded" is "$(log good "${insmod/NAME/good} File exists")" "1 loaded"
check "init returned an error" is "$(log good "${insmod/NAME/good} Input/output error")" "1 init-error"
check "it says which, and what the driver said" like \
	"$(why "$SCRATCH/good.ko" --log <(printf '%s\n' "[    5.1] good: no such device here" "${insmod/NAME/good} No such device"))" \
	"its init function returned ENODEV: .*; the driver said: .*good: no such device here"
check "an errno of the loader's, and no reason" is "$(log good "${insmod/NAME/good} Cannot allocate memory")" "1 unknown"
check "EPERM, and no reason" is "$(log good "${insmod/NAME/good} Operation not permitted")" "1 unknown"
check "a signature that does not fit" is "$(log good "${insmod/NAME/good} Bad message")" "1 bad-signature"
check "a kernel without modules" is "$(log good "${insmod/NAME/good} Function not implemented")" "1 no-modules"
check "in use by a module" is "$(log good "rmmod: ERROR: Module good is in use by: other")" "1 in-use"
check "it names the module" like "$(why "$SCRATCH/good.ko" --log <(echo "rmmod: ERROR: Module good is in use by: other"))" "its users: other"
check "in use, in busybox's words" is "$(log good "rmmod: can't unload module 'good': Resource temporarily unavailable")" "1 in-use"
module stays
sed -i '/void cleanup_module/d; s/, \.exit = cleanup_module//' "$SCRATCH/module.c"
compile "$SCRATCH/stays.ko" "$SCRATCH/module.c"
stays="rmmod: ERROR: could not remove 'stays': Device or resource busy"
check "no exit function, and a kernel that can force it out" is "$(log stays "$stays")" "1 force-needed"
sed -i /FORCE_UNLOAD/d "$stock/headers/.config"
check "no exit function" is "$(log stays "$stays")" "1 permanent"
check "no unloading" is "$(log good "rmmod: ERROR: Module unloading is not supported")" "1 no-unloading"
check "not loaded" is "$(log good "rmmod: ERROR: Module good is not currently loaded")" "1 not-loaded"
check "an install line of modprobe's" is "$(log good "modprobe: ERROR: ../libkmod/libkmod-module.c:1084 command_do() Error running install command '/bin/false' for module good: retcode 1")" "1 blacklisted"
check "an empty log: the file decides, and the log is named" is "$(cause older --log /dev/null)" "1 vermagic"
check "a log on standard input" is "$(cause good --log - <<< "rmmod: ERROR: Module good is builtin.")" "1 builtin"

# The machine
root=$SCRATCH/root
mkdir -p "$root"/{proc/sys/kernel,proc/self,etc/modprobe.d,sys/module/module/parameters,sys/kernel/security}
on_machine() { cause "$1" --root "$root"; }
check "a machine where nothing is against it" is "$(on_machine good)" "0 loads"
printf 'CapEff:\t0000000000000000\n' > "$root/proc/self/status"
check "no CAP_SYS_MODULE" is "$(on_machine good)" "1 no-permission"
printf 'CapEff:\t000001ffffffffff\n' > "$root/proc/self/status"
echo 1 > "$root/proc/sys/kernel/modules_disabled"
check "modules_disabled" is "$(on_machine good)" "1 modules-disabled"
echo 0 > "$root/proc/sys/kernel/modules_disabled"
echo "good 16384 1 other, Live 0x0" > "$root/proc/modules"
check "loaded" is "$(on_machine good)" "1 loaded"
check "in use by a module" like "$(why "$SCRATCH/good.ko" --root "$root")" "in use by the modules other"
echo "good 16384 0 - Live 0x0" > "$root/proc/modules"
mkdir -p "$root/proc/77/fd"
ln -s /dev/good0 "$root/proc/77/fd/3"
echo reader > "$root/proc/77/comm"
sed -i 's/ 0 - / 1 - /' "$root/proc/modules"
check "in use by a process" like "$(why "$SCRATCH/good.ko" --root "$root")" "in use by reader \(process 77\)"
rm "$root/proc/modules"
echo "module_blacklist=x,good" > "$root/proc/cmdline"
check "module_blacklist=" is "$(on_machine good)" "1 blacklisted"
rm "$root/proc/cmdline"
echo "blacklist good" > "$root/etc/modprobe.d/x.conf"
check "modprobe's blacklist" is "$(on_machine good)" "1 blacklisted"
echo "alias good other" > "$root/etc/modprobe.d/x.conf"
check "an alias that leads elsewhere" is "$(on_machine good)" "1 alias"
rm "$root/etc/modprobe.d/x.conf"
echo Y > "$root/sys/module/module/parameters/sig_enforce"
check "signatures enforced" is "$(on_machine good)" "1 unsigned"
echo N > "$root/sys/module/module/parameters/sig_enforce"
echo "none [integrity] confidentiality" > "$root/sys/kernel/security/lockdown"
check "locked down" is "$(on_machine good)" "1 unsigned"

# What is not known
rm "$stock/headers/Module.symvers"
check "without the symbols: unknown" is "$(cause good)" "1 unknown"
check "it says what it did not check" like "$(why "$SCRATCH/good.ko")" "not checked: the symbols that it needs"
rm -r "$stock/modules/kernel"
check "without a module of the kernel's" like "$(why "$SCRATCH/good.ko")" "not checked: vermagic and size"
check "--list has each cause" is "$("$SCRIPTS/why" --list | cut -d ' ' -f 1)" \
	"$(sed -n '/^CAUSES/,/^}/s/^    "\([a-z-]*\)":.*/\1/p' "$SCRIPTS/hi/causes.py")"
tap_end
