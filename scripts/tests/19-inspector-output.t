#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The inspector's picture and its manual page.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/inspector-lib.sh"

page=$scripts/inspector/sections.1

make_vmlinux "$tmp/vmlinux"
sections --svg "$tmp/picture.svg" --driver drv_a "$tmp/vmlinux"
is "$status:$out:$err" "0::" "--svg: a picture, and nothing said"
is "$(python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.argv[1])' "$tmp/picture.svg" 2>&1)" "" "it is XML"
is "$(grep -o '>first: [0-9]* bytes' "$tmp/picture.svg" | sort -u)" ">first: 6 bytes" "the driver's functions are marked in it"
is "$(grep -c b_helper "$tmp/picture.svg")" 0 "others are not"

# Where a function lies in .init.text, and where its mark is in the bar of 912 from 24 on.
sections --json "$tmp/vmlinux"
schema=$out
wanted=$(jq -r '.files[].sections[] | select(.name == ".init.text") as $s | $s.items[] | select(.name == "a_helper")
	| .address' <<<"$out")
size=$(jq '.files[].sections[] | select(.name == ".init.text").size' <<<"$out")
start=$(jq -r '.files[].sections[] | select(.name == ".init.text").address' <<<"$out")
is "$(grep '<title>a_helper</title>' "$tmp/picture.svg" | sed 's/.* x="\([0-9.]*\)".*/\1/')" \
	"$(awk -v o=$((wanted - start)) -v s="$size" 'BEGIN { printf "%.2f", 24 + o / s * 912 }')" "to scale"

make_module "$tmp/hi.ko" hi "6.12.0 mod_unload "
objcopy --redefine-sym 'hi_undo=<a&b>' "$tmp/hi.ko" "$tmp/odd.ko"
sections --svg "$tmp/odd.svg" --driver hi "$tmp/odd.ko"
is "$status:$(python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.argv[1])' "$tmp/odd.svg" 2>&1)" "0:" "odd names are escaped"

sections --svg "$tmp/none/picture.svg" "$tmp/vmlinux"
is "$status:$out" 2: "a picture that cannot be written: exit code 2"
like "$err" "none/picture.svg: No such file" "and a message"
echo before >"$tmp/kept.svg"
sections --svg "$tmp/kept.svg" "$tmp/missing"
is "$status:$(<"$tmp/kept.svg")" "2:before" "bad input leaves the old picture as it was"
sections --svg "$tmp/two.svg" "$tmp/vmlinux" "$tmp/hi.ko"
is "$status" 2 "--svg of two files"

is "$(mandoc -Tlint "$page" 2>&1)" "" "mandoc finds nothing in the manual page"
is "$(man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)" "" "nor does man"
sections --help
is "$(grep -oE -- '--[a-z-]+' <<<"$out" | sort -u)" \
	"$(sed 's/\\-/-/g' "$page" | grep -oE -- '--[a-z-]+' | sort -u)" "it has the options that --help has"
is "$(awk 'length > 80' <<<"$out")" "" "--help fits 80 columns"
like "$(sed -n '/^.SH JSON/,/^.SH EXIT/p' "$page")" "is $(jq .schema <<<"$schema")\." "and the schema's number"

done_testing
