# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
#
# A machine without dpkg and apt-get: we do not know its packages, and look for programs and
# libraries instead. Sourced by setup.

# What each group of setup needs: programs; LIBRARY.pc, of which pkg-config must know; and static C
# libraries, by compiler.
programs_of() {
	case $1 in
	apply)		echo git patch quilt ;;
	build)		echo bc bison ccache flex gawk gcc libelf.pc make pahole perl pkg-config /usr/bin/python3 xz ;;
	modules)	echo gcc libelf.pc make perl ;;
	llvm)		echo clang ld.lld llvm-ar ;;
	boot)		echo busybox cpio gcc kmod libc.a:gcc make ;;
	boot-arm)	echo qemu-system-arm ;;
	boot-arm64)	echo qemu-system-aarch64 ;;
	boot-m68k)	echo qemu-system-m68k ;;
	boot-riscv)	echo qemu-system-riscv64 ;;
	boot-x86_64)	echo qemu-system-x86_64 ;;
	build-um|build-x86_64) ;;
	build-*)	cross_programs "$(packages_of "$1")" ;;
	inspector)	echo gcc make pkg-config {libbpf,libelf,libdw,zlib,liblzma,libzstd,json-c}.pc ;;
	demo)		echo jq ;;
	python)		echo /usr/bin/python3 ;;
	matrix)		echo cpp gcc libc.a:gcc make patch ;;
	fates)		echo cpp ;;
	firmware)	echo /usr/share/OVMF/OVMF_CODE_4M.fd ;;
	distcc)		echo distcc ;;
	page)		echo chromium ;;
	map)		has_library || echo npm ;;
	check)		echo clang-tidy codespell cppcheck libcrypto.pc mypy pyflakes3 shellcheck sparse spatch sphinx-build ;;
	test)		echo cmocka.pc gpg jq man mandoc objcopy openssl perl pkg-config powerpc-linux-gnu-as ps script shellcheck xz zstd ;;
	chroot)		echo debootstrap ;;
	fuzz)		echo afl-clang-fast clang ;;
	bench)		echo hyperfine jq nm readelf /usr/bin/time ;;
	esac
}

# cross_programs "gcc-TRIPLE ...": its compiler, which CROSS_COMPILE can rename
cross_programs() {
	local triple=${1%% *}
	triple=${CROSS_COMPILE-${triple#gcc-}-}
	echo "${triple}gcc" "libc.a:${triple}gcc"
}

has_program() {
	case $1 in
	*.pc)		pkg-config --exists "${1%.pc}" 2> /dev/null ;;
	libc.a:*)	[[ $("${1#*:}" -print-file-name=libc.a 2> /dev/null) == /* ]] ;;
	*/python3)	has_python && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ;;
	*.fd)		[[ -r $1 ]] ;;
	*)		command -v "$1" > /dev/null ;;
	esac
}

knows_packages() { command -v dpkg-query > /dev/null && command -v apt-get > /dev/null; }

# in_words PROGRAM...: prints what programs_of names, in words for a user
in_words() {
	local word words=""
	for word; do
		case $word in
		*.pc)		word="${word%.pc} (with its headers and ${word})" ;;
		libc.a:*)	word="libc.a for ${word#*:}" ;;
		*/python3)	word="$word 3.11 or newer" ;;
		esac
		words+=${words:+, }$word
	done
	echo "$words"
}

# need_programs GROUP...: where setup cannot install
need_programs() {
	local group word found=""
	for word in $(for group; do programs_of "$group"; done | tr ' ' '\n' | sort -u); do
		has_program "$word" || found+=" $word"
	done
	# shellcheck disable=SC2086
	[[ -z $found ]] || die $EXIT_MISSING "this machine has no dpkg and apt-get; install these by other means:" \
		"    $(in_words $found)" \
		${sources_missing:+"kernel sources are missing too, and only apt-get fetches them: $sources_missing; -k TREE takes a tree of yours"} \
		"README shows how to run hi in a container with Debian 13"
}
