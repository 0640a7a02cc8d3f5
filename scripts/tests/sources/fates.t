#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: fates inspector 6.12
#
# scripts/fates reads linker scripts, agrees with the table in hi.rst, and notices a vmlinux that
# disagrees with its linker script.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) && "$SCRIPTS/setup" --packages fates -k "$newest" -k 6.12 || exit 3
source=$CACHE/sources/$newest

# answers TREE ARCH LINE...: the table has these lines for this architecture
answers() {
	local tree=$1 arch=$2
	shift 2
	diff <(printf '%s\n' "$@") <("$SCRIPTS/fates" "$tree" "$arch" 2> /dev/null | sed '/^$/,$d; s/^.\{13\}//')
}

check "fates: the table of the newest kernel" exits 0 "$SCRIPTS/fates"
sed '/^fates: /d; /^$/,$d; s/^/    /' "$SCRATCH/output" > "$SCRATCH/table"
check "it has all architectures" test "$(grep -c '^    [a-z]' "$SCRATCH/table")" = "$(find "$source"/arch/*/kernel/vmlinux.lds.S | wc -l)"
check "--rst" exits 0 "$SCRIPTS/fates" --rst
check "it is in hi.rst" diff <(grep -v '^fates: ' "$SCRATCH/output") \
	<(sed -n 's/^+//; /^============ =*$/,/^$/ { /./p }' "$TOP"/patches/*-Documentation-*.patch)
check "a row" said "m68k         discarded by the linker"
check "a row of two lines" said "             | else kept"
# A change that scripts/claims has: "riscv".
check "riscv has one fate" answers "$source" riscv "freed at boot"
check "riscv had two" answers "$CACHE/sources/6.12" riscv "kept if XIP_KERNEL" "else freed at boot"

# The linker script changed on purpose, in a copy of what is read of a tree.
tree=$SCRATCH/tree
mkdir -p "$tree"
(cd "$source" && cp --parents -r Makefile Kconfig drivers/misc/Kconfig arch/m68k/kernel arch/m68k/mm \
	include/asm-generic include/linux/kconfig.h "$tree")
script=$tree/arch/m68k/kernel/vmlinux.lds.S
cp "$script" "$SCRATCH/script"
check "m68k: discarded" answers "$tree" m68k "discarded by the linker"
sed 1i'#ifdef __BIG_ENDIAN\n#define RUNTIME_DISCARD_EXIT\n#endif' "$SCRATCH/script" > "$script"
check "what kconfig.h makes of a symbol counts" answers "$tree" m68k "kept if CPU_BIG_ENDIAN" "else discarded by the linker"
sed 1i'#ifdef CONFIG_A\n#define RUNTIME_DISCARD_EXIT\n#endif' "$SCRATCH/script" > "$script"
check "not discarded under a condition, and not placed either: kept" answers "$tree" m68k "kept if A" "else discarded by the linker"
sed -i 's/^\([ \t]*__init_begin = .;\)/\1 .exit.text : { EXIT_TEXT }/' "$tree"/arch/m68k/kernel/vmlinux-*.lds
check "placed behind __init_begin: freed" answers "$tree" m68k "freed at boot"
sed -i 's/^void free_initmem(void)$/void free_initmem(void) { }\nstatic void unused(void)/' "$tree/arch/m68k/mm/init.c"
check "init memory that is never freed: kept" answers "$tree" m68k "kept"
sed 's/^#include <asm-generic.*//' "$SCRATCH/script" > "$script"
sed -i 's/^#include <asm-generic.*//' "$tree"/arch/m68k/kernel/vmlinux-*.lds
check "a script whose words are not defined: exit 2" refuses 2 "does not define" "$SCRIPTS/fates" "$tree" m68k

# A build whose vmlinux is not as its tree says: any executable serves, with the one
# section. The inspector finds it outside of the init memory, kept.
export HI_CACHE=$SCRATCH/cache
build=$HI_CACHE/builds/small-m68k-modular
cp "$SCRATCH/script" "$script"
cp "$source"/arch/m68k/kernel/vmlinux-*.lds "$tree/arch/m68k/kernel/"
mkdir -p "$build/include/generated"
ln -s "$tree" "$build/source"
[[ ! -d $CACHE/inspector ]] || cp -rp "$CACHE/inspector" "$HI_CACHE/"
mkdir -p "$build/arch/m68k/kernel"
: > "$build/arch/m68k/kernel/vmlinux.lds"
: > "$build/include/generated/autoconf.h"
cat > "$SCRATCH/vmlinux.c" <<'END'
const char linux_banner[] = "Linux version 6.12.0 (hi@hi) ";
int _text[1], __init_begin[1], __init_end[1], _end[1];
__attribute__((section(".init.text"))) int hi_init(void) { return 0; }
__attribute__((section(".exit.text"))) void _start(void) { }
END
gcc -nostdlib -static -o "$build/vmlinux" "$SCRATCH/vmlinux.c"
check "a vmlinux that is otherwise: exit 1" refuses 1 "discarded by the linker by the linker script, kept in vmlinux" \
	"$SCRIPTS/fates" "$tree" m68k
check "it says how many were compared" said "1 vmlinux of this kernel compared"
rm "$build/vmlinux"
check "no build of a kernel: it says so" refuses 0 "no vmlinux of this kernel compared" "$SCRIPTS/fates" "$tree" m68k
tap_end
