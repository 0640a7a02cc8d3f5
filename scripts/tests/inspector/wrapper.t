#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector
#
# scripts/sections builds the inspector when it has to, and only then. On a copy,
# with a setup that only notes how it was called, and a cache of its own.

# shellcheck source=/dev/null disable=SC2154
. "$(dirname "$0")/../inspector-lib.sh"

checkout() { # DIRECTORY
	mkdir -p "$1"
	cp -r "$SCRIPTS/sections" "$SCRIPTS/inspector" "$1"
	cat >"$1/setup" <<-EOF
	#!/bin/sh
	echo "\$@" >>"$SCRATCH/setup-calls"
	EOF
	chmod +x "$1/setup"
}

checkout "$SCRATCH/one"
checkout "$SCRATCH/two"
export HI_CACHE=$SCRATCH/cache
make_module "$SCRATCH/hi.ko" hi "6.12.0 mod_unload "

run() { # PROGRAM ARGUMENT...
	"$@" >"$SCRATCH/out" 2>"$SCRATCH/err"
	status=$? out=$(<"$SCRATCH/out") err=$(<"$SCRATCH/err")
	setup_calls=$(cat "$SCRATCH/setup-calls" 2>/dev/null)
	rm -f "$SCRATCH/setup-calls"
}

ln -s "$SCRATCH/one/sections" "$SCRATCH/link"
cd / || exit
run "$SCRATCH/link" "$SCRATCH/hi.ko"
check "the first run, by a link from elsewhere, builds" is "$status:$err" "0:sections: building the inspector"
check "and asks for its packages" is "$setup_calls" "--packages inspector"
check "and answers" like "$out" "hi_init"
check "nothing is written beside the sources" is "$(find "$SCRATCH/one" -newer "$SCRATCH/link" -type f)" ""

run "$SCRATCH/one/sections" "$SCRATCH/hi.ko"
check "the second run builds nothing" is "$status:$err:$setup_calls" "0::"

touch "$SCRATCH/one/inspector/inspector.h"
run "$SCRATCH/one/sections" "$SCRATCH/hi.ko"
check "a newer source is built" is "$status:$err" "0:sections: building the inspector"
run "$SCRATCH/two/sections" "$SCRATCH/hi.ko"
check "another checkout with the same cache builds its own" is "$status:$err" "0:sections: building the inspector"

echo "#error broken" >>"$SCRATCH/two/inspector/main.c"
run "$SCRATCH/two/sections" "$SCRATCH/hi.ko"
check "sources that cannot be built: exit code 3, no output" is "$status:$out" "3:"
run "$SCRATCH/two/sections" "$SCRATCH/hi.ko"
check "and again: an old build is not taken for theirs" is "$status:$out" "3:"

rm -r "$HI_CACHE"
for i in 1 2 3 4; do
	"$SCRATCH/one/sections" "$SCRATCH/hi.ko" >"$SCRATCH/out.$i" 2>&1 &
done
wait
check "four at once all answer" is "$(cat "$SCRATCH"/out.? | grep -c hi_init)" 4
check "and one of them builds" is "$(wc -l <"$SCRATCH/setup-calls")" 1

HI_CACHE=/proc/hi run "$SCRATCH/one/sections" "$SCRATCH/hi.ko"
check "a cache that cannot be made: exit code 3" is "$status:$out" "3:"
check "and a message that names it" like "$err" "/proc/hi"

tap_end
