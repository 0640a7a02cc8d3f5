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
	cp -r "$scripts/sections" "$scripts/inspector" "$1"
	cat >"$1/setup" <<-EOF
	#!/bin/sh
	echo "\$@" >>"$tmp/setup-calls"
	EOF
	chmod +x "$1/setup"
}

checkout "$tmp/one"
checkout "$tmp/two"
export HI_CACHE=$tmp/cache
make_module "$tmp/hi.ko" hi "6.12.0 mod_unload "

run() { # PROGRAM ARGUMENT...
	"$@" >"$tmp/out" 2>"$tmp/err"
	status=$? out=$(<"$tmp/out") err=$(<"$tmp/err")
	setup_calls=$(cat "$tmp/setup-calls" 2>/dev/null)
	rm -f "$tmp/setup-calls"
}

ln -s "$tmp/one/sections" "$tmp/link"
cd / || exit
run "$tmp/link" "$tmp/hi.ko"
is "$status:$err" "0:sections: building the inspector" \
	"the first run, by a link from elsewhere, builds"
is "$setup_calls" "--packages inspector" "and asks for its packages"
like "$out" "hi_init" "and answers"
is "$(find "$tmp/one" -newer "$tmp/link" -type f)" "" "nothing is written beside the sources"

run "$tmp/one/sections" "$tmp/hi.ko"
is "$status:$err:$setup_calls" "0::" "the second run builds nothing"

touch "$tmp/one/inspector/inspector.h"
run "$tmp/one/sections" "$tmp/hi.ko"
is "$status:$err" "0:sections: building the inspector" "a newer source is built"
run "$tmp/two/sections" "$tmp/hi.ko"
is "$status:$err" "0:sections: building the inspector" \
	"another checkout with the same cache builds its own"

echo "#error broken" >>"$tmp/two/inspector/main.c"
run "$tmp/two/sections" "$tmp/hi.ko"
is "$status:$out" "3:" "sources that cannot be built: exit code 3, no output"
run "$tmp/two/sections" "$tmp/hi.ko"
is "$status:$out" "3:" "and again: an old build is not taken for theirs"

rm -r "$HI_CACHE"
for i in 1 2 3 4; do
	"$tmp/one/sections" "$tmp/hi.ko" >"$tmp/out.$i" 2>&1 &
done
wait
is "$(cat "$tmp"/out.? | grep -c hi_init)" 4 "four at once all answer"
is "$(wc -l <"$tmp/setup-calls")" 1 "and one of them builds"

HI_CACHE=/proc/hi run "$tmp/one/sections" "$tmp/hi.ko"
is "$status:$out" "3:" "a cache that cannot be made: exit code 3"
like "$err" "/proc/hi" "and a message that names it"

done_testing
