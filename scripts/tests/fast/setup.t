#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/setup: does nothing where nothing is missing, and says what to run where it
# may not install.

. "$(dirname "$0")/../lib.sh"

check "setup installs and unpacks what is missing" exits 0 "$SCRIPTS/setup" --packages apply --packages test -k newest
source=$CACHE/sources/$(newest)
check "the source is there" test -f "$source/drivers/misc/Kconfig"
before=$(stat -c %Y "$source")
check "setup again" exits 0 "$SCRIPTS/setup" --packages apply --packages test -k newest
check "it says nothing" test ! -s "$SCRATCH/output"
check "it does nothing" test "$before" = "$(stat -c %Y "$source")"

# A machine where nothing is installed, and a user who may not install.
mkdir "$SCRATCH/fake"
printf '#!/bin/sh\nexit 1\n' | tee "$SCRATCH/fake/dpkg-query" "$SCRATCH/fake/sudo" > /dev/null
chmod 755 "$SCRATCH" "$SCRATCH/fake" "$SCRATCH"/fake/*
cp -r "$SCRIPTS" "$SCRATCH/scripts"
mkdir -m 777 "$SCRATCH/cache"
without_packages() { as_user env PATH="$SCRATCH/fake:$PATH" HI_CACHE="$SCRATCH/cache" "$SCRATCH/scripts/$1" "${@:2}"; }
check "not root, no sudo: exit 3" refuses 3 "only root can install them" without_packages setup --packages apply
check "it prints the command" grep -x "setup:     apt-get update && apt-get install --no-install-recommends git patch quilt" "$SCRATCH/output"
check "no kernel was asked for" not said "kernel sources"
check "for a kernel: exit 3" refuses 3 "only root can install them" without_packages setup -k 6.1 -k 6.12
check "it needs nothing but what unpacks sources" grep -x ".*apt-get install.* debian-archive-keyring xz-utils" "$SCRATCH/output"
check "it names the kernels too" said "kernel sources are missing too: 6.1, 6.12; the command that you ran fetches them"

# names PACKAGES COMMAND...: the message has all of these
names() {
	local package packages=$1
	shift
	refuses 3 "apt-get update && apt-get install" without_packages "$@" || return
	for package in $packages; do
		grep -qE "install.* $package( |\$)" "$SCRATCH/output" || { echo "no $package"; cat "$SCRATCH/output"; return 1; }
	done
}
# names_all PACKAGES COMMAND...: the message has all of these, and newest
names_all() { names "$@" && said "kernel sources are missing too: newest"; }
check "build: one message names all" names_all "bison ccache quilt xz-utils" build
check "build for an architecture, with clang" names_all "bison clang gcc-m68k-linux-gnu" build -a m68k LLVM=1
check "boot: one message names all" names_all "bison quilt cpio qemu-system-x86" boot
check "demo: one message names all" names_all "bison quilt qemu-system-x86 libdw-dev jq" demo
check "matrix: one message names all" names_all "bison quilt qemu-system-arm libdw-dev cpp" matrix -k newest -a arm
check "fates: one message names all" names_all "cpp libdw-dev" fates
check "check: one message names all" names_all "bison clang sparse quilt" check
check "test: one message names all" names_all "bison quilt chromium libcmocka-dev qemu-system-x86" test
check "test --fast: one message names all" names_all "git quilt libdw-dev libcmocka-dev cpp" test --fast
check "no compiler for kernels, QEMU or browser" not grep -E "flex|qemu|chromium|gcc-" "$SCRATCH/output"

# Without Python, the verbs in Python cannot ask for themselves.
sed -i 's/^has_python() .*/has_python() { false; }/' "$SCRATCH/scripts/lib.sh"
for verb in matrix vet check fates; do
	check "$verb without Python: one message names all packages" names "python3 libdw-dev" "$verb"
done
cp "$SCRIPTS/lib.sh" "$SCRATCH/scripts/lib.sh"
check "a cache that cannot be written: exit 3" refuses 3 "set HI_CACHE" \
	as_user env HI_CACHE=/proc/hi "$SCRATCH/scripts/build"

# A machine that is not Debian.
path_without '@(dpkg|apt)*' "$SCRATCH/elsewhere"
elsewhere() { env PATH="$SCRATCH/elsewhere" "$@"; }
groups=(--packages apply --packages test --packages inspector --packages python --packages source)
check "no dpkg, no apt: what is there is found" exits 0 elsewhere "$SCRIPTS/setup" "${groups[@]}"
check "no dpkg, no apt: nothing is said" test ! -s "$SCRATCH/output"
check "no dpkg, no apt: a source in the cache serves" exits 0 elsewhere "$SCRIPTS/setup" -k "$(newest)"
check "no dpkg, no apt: no other kernel" refuses 3 "there is no apt-get on this machine" \
	elsewhere HI_CACHE="$SCRATCH/empty" "$SCRIPTS/setup" -k 6.1
check "no dpkg, no apt: -k TREE is named" said "a kernel tree of yours needs no archive: -k TREE"
check "no dpkg, no apt: newest is that of the cache" refuses 0 "the highest in the cache" \
	elsewhere env -u HI_NEWEST HI_APT_SOURCES=/dev/null "$SCRIPTS/setup" --newest
check "a program is missing: exit 3" refuses 3 "this machine has no dpkg and apt-get" \
	without '@(dpkg*|apt*|quilt|zstd)' "$SCRIPTS/setup" "${groups[@]}" -k 5.4
check "all of them are named" grep -x "setup:     quilt, zstd" "$SCRATCH/output"
check "the kernel as well" said "kernel sources are missing too, and only apt-get fetches them: 5.4; -k TREE"
check "a container is named" said "container with Debian 13"
sed -i 's/{libbpf,libelf,/{libnothing,libelf,/; s/libc.a:gcc/libc.a:nocc/' "$SCRATCH/scripts/programs.sh"
check "a library is missing: exit 3" refuses 3 "libnothing (with its headers and libnothing.pc)" \
	elsewhere "$SCRATCH/scripts/setup" --packages inspector
check "a C library is missing: exit 3" refuses 3 "libc.a for nocc" elsewhere "$SCRATCH/scripts/setup" --packages matrix

# What a script needs is asked once, by it and by those that it calls.
printf '#!/bin/sh\necho "$@" >> "%s"\n' "$SCRATCH/asked" > "$SCRATCH/scripts/setup"
need() {
	# shellcheck disable=SC2016
	SCRIPT=$SCRATCH/scripts bash -c '. "$SCRIPT/lib.sh"; need --packages a; need --packages a --packages b
		bash -c ". \"$SCRIPT/lib.sh\"; need --packages b -k c"' && cat "$SCRATCH/asked"
}
check "setup is asked once for the same" diff <(printf '%s\n' "--packages a" "--packages b" "-k c") <(need)
tap_end
