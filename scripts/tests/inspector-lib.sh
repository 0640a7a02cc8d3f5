# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the inspector's tests: TAP, the commands under test, and small ELF files
# shaped as the kernel's, made without a kernel build.

# shellcheck source=scripts/tests/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

# For check: is GOT WANTED, like GOT EXTENDED-REGEX
is() { diff <(echo "$2") <(echo "$1"); }
like() { [[ $1 =~ $2 ]] || { printf 'wanted %s in\n%s\n' "$2" "$1"; false; }; }

give_up() { # MESSAGE
	echo "not ok 1 - $1"
	echo "1..1"
	exit 1
}

# Runs sections; its exit code is in $status, what it wrote in $out and $err.
sections() {
	"$SCRIPTS/sections" "$@" >"$SCRATCH/out" 2>"$SCRATCH/err"
	# shellcheck disable=SC2034
	status=$? out=$(<"$SCRATCH/out") err=$(<"$SCRATCH/err")
}

# query FILTER: of the last JSON
query() { jq -r "$1" <<<"$out"; }

# Has the inspector built before a test looks at stderr.
"$SCRIPTS/sections" --help >/dev/null || give_up "the inspector cannot be built"

# module_source NAME VERMAGIC: a module with init, exit and a helper in .exit.text
module_source() {
	cat <<-EOF
	#define __section(s) __attribute__((section(s), used))
	static const char name[] __section(".modinfo") = "name=$1";
	static const char vermagic[] __section(".modinfo") = "vermagic=$2";
	static int __section(".init.text") $1_init(void) { return 0; }
	static void __section(".exit.text") $1_undo(void) { asm(""); }
	static void __section(".exit.text") $1_exit(void) { $1_undo(); }
	int init_module(void) __attribute__((alias("$1_init")));
	void cleanup_module(void) __attribute__((alias("$1_exit")));
	static int count __section(".init.data") = 1;
	struct {
		char pad[64];
		int (*init)(void);
		void (*exit)(void);
	} __this_module __section(".gnu.linkonce.this_module") = {
		.init = init_module, .exit = cleanup_module,
	};
	EOF
}

# compile OBJECT SOURCE [CFLAGS...]: as the kernel is compiled, but without inlining
compile() {
	gcc -O1 -fno-inline -ffreestanding -fno-pie -fno-asynchronous-unwind-tables -fcf-protection=none "${@:3}" -c -o "$1" "$2"
}

# make_module FILE NAME VERMAGIC [CFLAGS...]
make_module() {
	local file=$1

	module_source "$2" "$3" >"$SCRATCH/module.c"
	shift 3
	compile "$file" "$SCRATCH/module.c" "$@"
}

# driver_source NAME HELPER: a built-in driver; the static functions have the same
# names in every driver, so that only their file tells them apart
driver_source() {
	cat <<-EOF
	#define __section(s) __attribute__((section(s), used))
	static int __section(".init.text") first(void) { return 1; }
	int __section(".init.text") $2(void) { return 2; }
	static int __section(".init.text") init(void) { return first(); }
	static void __section(".exit.text") leave(void) { }
	asm(".pushsection .initcall6.init, \"a\"\n"
	    "__initcall__kmod_$1__12_34_init6: .long 0\n"
	    ".popsection\n");
	EOF
}

# The shape of a kernel's linker script; EXIT_KEPT puts .exit.text behind the
# init area.
vmlinux_script() {
	cat <<-EOF
	SECTIONS {
		. = 0x1000000;
		.text : { *(.text) }
		.rodata : { *(.rodata) }
		. = ALIGN(4096);
		__init_begin = .;
		.init.text : { _sinittext = .; *(.init.text) _einittext = .; }
		.init.data : { *(.initcall6.init) }
		${exit_in_init-.exit.text : { *(.exit.text) \}}
		. = ALIGN(4096);
		__init_end = .;
		${exit_kept-}
		/DISCARD/ : { *(.comment) *(.note*) *(.eh_frame) }
	}
	EOF
}

# make_vmlinux FILE [C-SOURCE...]: drivers a and b, core code without an initcall,
# and what is given; the compiler gets CFLAGS too
make_vmlinux() {
	local file=$1 flags
	read -ra flags <<<"${CFLAGS-}"
	shift

	vmlinux_script >"$SCRATCH/vmlinux.lds"
	driver_source drv_a a_helper >"$SCRATCH/a_main.c"
	driver_source drv__1_b b_helper >"$SCRATCH/b_main.c"
	cat >"$SCRATCH/core.c" <<-EOF
	const char linux_banner[] = "Linux";
	int __attribute__((section(".init.text"))) start_kernel(void) { return 0; }
	static int __attribute__((section(".init.text"), used)) early(void) { return 0; }
	EOF
	(
		cd "$SCRATCH" || exit
		for c in core a_main b_main "$@"; do
			compile "$c.o" "$c.c" "${flags[@]}" || exit
		done
		ld --no-warn-rwx-segments -nostdlib -static -T vmlinux.lds -o "$file" \
			core.o a_main.o b_main.o "${@/%/.o}"
	)
}

# big_endian_source 32|64: a module for the assembler of any architecture, with one
# function of 8 bytes and one of 12 bytes, the second one's name twice
big_endian_source() {
	local word=.long
	[ "$1" = 32 ] || word=.quad
	cat <<-END
	.file "big.c"
	.section .modinfo, "a"
	.asciz "name=big"
	.asciz "vermagic=6.12.0 mod_unload "
	.section .init.text, "ax", @progbits
	.type big_init, @function
	.globl init_module
	.type init_module, @function
	init_module:
	big_init: .zero 8
	.size big_init, 8
	.size init_module, 8
	.section .exit.text, "ax", @progbits
	.type big_exit, @function
	.globl cleanup_module
	.type cleanup_module, @function
	cleanup_module:
	big_exit: .zero 12
	.size big_exit, 12
	.size cleanup_module, 12
	.section .gnu.linkonce.this_module, "aw", @progbits
	.zero 64
	$word init_module
	$word cleanup_module
	END
}

# refused MESSAGE ARGUMENT...: sections exits 2, prints nothing, and its message has MESSAGE, a regular expression
refused() {
	local message=$1

	shift
	sections "$@"
	check "refused: $*" is "$status:$out" 2:
	check "because $message" like "$err" "$message"
}

# since RELEASE KERNEL: whether a kernel is RELEASE or newer
since() { [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# kernel_build KERNEL VARIANT [ARCH]: the directory of a build, for x86_64 by default. One
# that is there will do, whatever has become of the series since.
kernel_build() {
	local arch=${3-x86_64}
	local build=$CACHE/builds/$1-$arch-$2

	if [ -e "$build/.hi-build" ]; then echo "$build"; else "$SCRIPTS/build" -k "$1" -a "$arch" -v "$2"; fi
}

# bloat_o_meter: the script of the newest kernel whose source is in the cache
bloat_o_meter() { find "$CACHE"/sources/*/scripts/ -name bloat-o-meter | sort -V | tail -n 1 | grep .; }

# as_bloat_o_meter A B: --format bloat-o-meter prints what the script prints, byte for byte, below
# the difference of the configurations and above a blank line
as_bloat_o_meter() {
	python3 "$(bloat_o_meter)" "$1" "$2" >"$SCRATCH/script"
	sections --compare --format bloat-o-meter "$1" "$2"
	[ "$status:$err" = 0: ] || { echo "$status $err"; return 1; }
	sed -n '/^add\/remove: /,/^Total: /p' "$SCRATCH/out" | diff "$SCRATCH/script" - &&
		[ "$(sed -n '/^Total:/{n;p}' "$SCRATCH/out")" = "" ]
}

# poke FILE OFFSET BYTES: overwrite, BYTES as for printf
# shellcheck disable=SC2059
poke() { printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
