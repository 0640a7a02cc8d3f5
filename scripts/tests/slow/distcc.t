#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build distcc build-m68k
#
# More than one machine: two distcc daemons on the loopback both compile, for this
# machine's compiler and for a cross compiler, and the kernel is the same, byte for byte.

. "$(dirname "$0")/../lib.sh"

newest=$(newest) || exit 1

"$SCRIPTS/setup" --packages distcc || exit 3
cp -r "$SCRIPTS" "$TOP/patches" "$TOP/series" "$SCRATCH/"
cp "$SCRIPTS/configs/variant/modular.config" "$SCRATCH/scripts/configs/variant/spread.config"

daemons=()
clean_up() {
	kill "${daemons[@]}" 2>/dev/null
	rm -rf "$CACHE/builds/$newest"-{x86_64,m68k}-spread "$SCRATCH"
}
trap clean_up EXIT

# compiles PORT: the daemon answers there
answers() { (: < "/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

chmod 755 "$SCRATCH"
hosts=""
for number in 1 2; do
	port=$((20000 + RANDOM % 10000))
	install -m 666 /dev/null "$SCRATCH/distccd.$number"
	distccd --daemon --no-detach --listen 127.0.0.1 --allow 127.0.0.1 --port $port --jobs 2 \
		--log-level info --log-file "$SCRATCH/distccd.$number" &
	daemons+=($!)
	hosts+="127.0.0.1:$port/2 "
	for (( i = 0; i < 50; i++ )); do
		answers $port && break
		sleep 0.1
	done
	check "daemon $number answers" answers $port
done

check "no machine: exit 2" refuses 2 "name them in DISTCC_HOSTS" \
	env CCACHE_PREFIX=distcc DISTCC_DIR="$SCRATCH" DISTCC_HOSTS=localhost/0 "$SCRIPTS/build"

# All of fs/ again, and no word from ccache's store; what a daemon does not do is no
# reason for distcc to do it here.
export CCACHE_PREFIX=distcc CCACHE_RECACHE=1 DISTCC_HOSTS=$hosts DISTCC_FALLBACK=0 DISTCC_DIR=$SCRATCH/distcc
mkdir "$DISTCC_DIR"
for arch in x86_64 m68k; do
	whole=$(env -u CCACHE_PREFIX -u CCACHE_RECACHE "$SCRIPTS/build" -a $arch -v modular) || exit 1
	spread=$(env -u CCACHE_PREFIX -u CCACHE_RECACHE "$SCRATCH/scripts/build" -a $arch -v spread) || exit 1
	rm -f "$spread"/.hi-build "$spread"/vmlinux "$spread"/fs/*.o
	: > "$SCRATCH/distccd.1"
	: > "$SCRATCH/distccd.2"
	check "$arch: a build with two daemons" exits 0 "$SCRATCH/scripts/build" -a $arch -v spread
	for number in 1 2; do
		check "$arch: daemon $number compiled" grep -q COMPILE_OK "$SCRATCH/distccd.$number"
		note "$(grep -c COMPILE_OK "$SCRATCH/distccd.$number") files"
	done
	check "$arch: all that was compiled was compiled by them" not grep -E 'COMPILE_ERROR|CLI_DISCONN' "$SCRATCH"/distccd.[12]
	check "$arch: the same vmlinux" cmp "$spread/vmlinux" "$whole/vmlinux"
done
tap_end
