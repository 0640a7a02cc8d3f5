#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector
#
# The inspector's picture and its manual page.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

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

### What --svg does to the file that is there

mkdir "$tmp/there"
cd "$tmp/there" || exit
echo old >real.svg
chmod 604 real.svg
ln -s real.svg link.svg
ln -s absent.svg dangling.svg
echo mine >link.svg.new
echo mine >real.svg.new
sections --svg link.svg "$tmp/vmlinux"
is "$status:$(readlink link.svg):$(stat -c %a real.svg)" "0:real.svg:604" "a link is followed, and the file keeps its mode"
is "$(head -c 4 real.svg)" "<svg" "the file that it points to is new"
is "$(cat link.svg.new real.svg.new)" "mine"$'\n'"mine" "files called PICTURE.new stay as they were"
sections --svg dangling.svg "$tmp/vmlinux"
is "$status:$(head -c 4 absent.svg):$(readlink dangling.svg)" "0:<svg:absent.svg" "a link to no file makes that file"
sections --svg fresh.svg "$tmp/vmlinux"
is "$status:$(stat -c %a fresh.svg)" "0:$(printf %o $((0666 & ~$(umask))))" "a new file has the usual mode"
mkfifo fifo
timeout 20 cat fifo >from-fifo &
sections --svg fifo "$tmp/vmlinux"
wait
is "$status:$(stat -c %F fifo):$(head -c 4 from-fifo)" "0:fifo:<svg" "a FIFO is written into"
if mknod full c 1 7 2>/dev/null; then
	sections --svg full "$tmp/vmlinux"
	is "$status:$(stat -c %F full)" "3:character special file" "a device stays one; a full one: exit code 3"
	like "$err" "^sections: full: No space left on device$" "and a message"
fi
is "$(find . -name '*.??????' -not -name '*.svg.new' -printf '%f ')" "" "no temporary file is left"
cd / || exit

### Standard output

"$scripts/sections" --help >/dev/full 2>"$tmp/err"
is "$?:$(<"$tmp/err")" "3:sections: standard output: No space left on device" "a full disk behind --help"
"$scripts/sections" "$tmp/vmlinux" >&- 2>"$tmp/err"
is "$?:$(<"$tmp/err")" "3:sections: standard output: Bad file descriptor" "no standard output"
xz -k --check=crc32 "$tmp/hi.ko"
"$scripts/sections" "$tmp/hi.ko.xz" >&- 2>"$tmp/err"
is "$?:$(<"$tmp/err")" "3:sections: standard output: Bad file descriptor" "no standard output, and a file that is unpacked"
{ sleep 1; "$scripts/sections" --help 2>"$tmp/err"; echo $? >"$tmp/status"; } | true
is "$(<"$tmp/status"):$(<"$tmp/err")" "3:sections: standard output: Broken pipe" "a pipe that nobody reads"

### Names that are made to harm

# A module with ESC, BEL, newline, and a byte that is no UTF-8, in all of its names
evil=$tmp/$'e\x1b[2J\aé\n.ko'
esc=$'\x1b[2J' bell=$'\a' line=$'\n' byte=$'\xff'
objcopy --redefine-sym "hi_undo=undo$esc$bell${line}é$byte" --redefine-sym "hi_init=init$byte" \
	--rename-section ".init.data=.init.data$esc$byte" "$tmp/hi.ko" "$tmp/names.ko"
printf 'name=h%s%s\0vermagic=6.12 %s\0' "$esc" "$byte" "$bell" >"$tmp/modinfo"
objcopy --update-section .modinfo="$tmp/modinfo" "$tmp/names.ko" "$evil"
control() { LC_ALL=C grep -c -P '[\x00-\x08\x0b-\x1f\x7f]' "$@"; }
for question in "" "--audit" "--by module" "--by source" "--section=.init*" "--driver=h$esc$byte" --compare; do
	read -ra words <<<"$question"
	[ "$question" != --compare ] || words+=("$evil")
	sections "${words[@]}" "$evil"
	is "$(cat "$tmp/out" "$tmp/err" | control)" 0 "no control character: sections $(cat -v <<<"$question")"
	sections --json "${words[@]}" "$evil"
	is "$(control "$tmp/out"):$(python3 -c 'import json, sys; json.load(open(sys.argv[1], encoding="utf-8"))' "$tmp/out" 2>&1)" \
		"0:" "and JSON that is UTF-8: $(cat -v <<<"$question")"
done
sections --json "$evil"
is "$(jq -r '.files[0] | .module.name_hex, (.sections[].items[] | select(.name_hex or .aliases_hex) | "\(.name) \(.name_hex)")' <<<"$out")" "\
681b5b324aff
init� 696e6974ff
undo$esc$bell
é� 756e646f1b5b324a070ac3a9ff" "JSON has the bytes of such names beside them"
LC_ALL=C.UTF-8 sections "$evil"
like "$out" 'undo\\x1b\[2J\\x07\\x0aé\\xff' "the table shows them as escapes"
LC_ALL=C sections "$evil"
like "$out" 'undo\\x1b\[2J\\x07\\x0a\\xc3\\xa9\\xff' "and what the locale C does not have"
is "$(LC_ALL=C.UTF-8 awk 'NR > 1 && length > 80' "$tmp/out")" "" "in 80 columns"
sections "$tmp/"$'no\x1bfile'
is "$err" "sections: $tmp/no\\x1bfile: No such file or directory" "so do messages"
sections --driver $'x\x1b' "$tmp/hi.ko"
is "$(control "$tmp/err")" 0 "with arguments too"

### --section '*'

# A module as ld -r makes it: sections have addresses, symbols count from their section
objcopy --change-section-address .init.data=0x80 "$tmp/hi.ko" "$tmp/moved.ko"
like "$(readelf -SW "$tmp/moved.ko")" ".init.data +PROGBITS +0+80" "a section of a module with an address:"
sections --json --section '*' "$tmp/moved.ko"
is "$status:$(jq -r '.files[].sections[].items[] | select(.name == "count") | "\(.address) \(.size)"' <<<"$out")" "0:0x0 4" \
	"symbols in it are found all the same"
cp "$tmp/hi.ko" "$tmp/beyond.ko"
symbol=$(readelf -sW "$tmp/hi.ko" | awk '$8 == "count" { print $1 + 0 }')
table=$(readelf -SW "$tmp/hi.ko" | sed -n 's/.*\.symtab *SYMTAB *[0-9a-f]* \([0-9a-f]*\) .*/\1/p')
poke "$tmp/beyond.ko" $((16#$table + symbol * 24 + 8)) '\100'
sections --section '*' "$tmp/beyond.ko"
is "$status:$out:$err" "2::sections: $tmp/beyond.ko: .init.data: symbol count, 4 bytes at offset 0x40, does not lie \
inside the section (4 bytes at 0x0)" "a symbol outside of its section: section and offset are named"

is "$(mandoc -Tlint "$page" 2>&1)" "" "mandoc finds nothing in the manual page"
is "$(man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)" "" "nor does man"
sections --help
is "$(grep -oE -- '--[a-z-]+' <<<"$out" | sort -u)" \
	"$(sed 's/\\-/-/g' "$page" | grep -oE -- '--[a-z-]+' | sort -u)" "it has the options that --help has"
is "$(awk 'length > 80' <<<"$out")" "" "--help fits 80 columns"
like "$(sed -n '/^.SH JSON/,/^.SH EXIT/p' "$page")" "is $(jq .schema <<<"$schema")\." "and the schema's number"

done_testing
