#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# scripts/setup: does nothing where nothing is missing, and says what to run where it
# may not install.

. "$(dirname "$0")/lib.sh"

check "setup installs and unpacks what is missing" exits 0 "$SCRIPTS/setup"
source=$CACHE/sources/$(newest)
check "the source is there" test -f "$source/drivers/misc/Kconfig"
before=$(stat -c %Y "$source")
check "setup again" exits 0 "$SCRIPTS/setup"
check "it says nothing" test ! -s "$SCRATCH/output"
check "it does nothing" test "$before" = "$(stat -c %Y "$source")"

# A machine where nothing is installed, and a user who may not install.
mkdir "$SCRATCH/fake"
printf '#!/bin/sh\nexit 1\n' | tee "$SCRATCH/fake/dpkg-query" "$SCRATCH/fake/sudo" > /dev/null
chmod 755 "$SCRATCH" "$SCRATCH/fake" "$SCRATCH"/fake/*
cp -r "$SCRIPTS" "$SCRATCH/scripts"
setup_without_packages() {
	setpriv --reuid 65534 --clear-groups env PATH="$SCRATCH/fake:$PATH" HI_CACHE="$SCRATCH/cache" \
		"$SCRATCH/scripts/setup" "$@"
}
check "not root, no sudo: exit 3" refuses 3 "only root can install them" setup_without_packages --packages apply
check "it prints the command" said "apt-get install --no-install-recommends git patch quilt"
check "for a kernel: exit 3" refuses 3 "only root can install them" setup_without_packages -k 6.1
check "it needs nothing but what unpacks sources" grep -x ".*apt-get install.* debian-archive-keyring xz-utils" "$SCRATCH/output"
check "a cache that cannot be written: exit 3" refuses 3 "set HI_CACHE" \
	setpriv --reuid 65534 --clear-groups env HI_CACHE=/proc/hi "$SCRATCH/scripts/build"

# What a script needs is asked once, by it and by those that it calls.
printf '#!/bin/sh\necho "$@" >> "%s"\n' "$SCRATCH/asked" > "$SCRATCH/scripts/setup"
need() {
	# shellcheck disable=SC2016
	SCRIPT=$SCRATCH/scripts bash -c '. "$SCRIPT/lib.sh"; need --packages a; need --packages a --packages b
		bash -c ". \"$SCRIPT/lib.sh\"; need --packages b -k c"' && cat "$SCRATCH/asked"
}
check "setup is asked once for the same" diff <(printf '%s\n' "--packages a" "--packages b" "-k c") <(need)
tap_end
