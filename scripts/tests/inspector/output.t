#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector
#
# The inspector's picture and its manual page.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

page=$SCRIPTS/inspector/sections.1

make_vmlinux "$SCRATCH/vmlinux"
sections --svg "$SCRATCH/picture.svg" --driver drv_a "$SCRATCH/vmlinux"
check "--svg: a picture, and nothing said" is "$status:$out:$err" "0::"
check "it is XML" is "$(python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.argv[1])' "$SCRATCH/picture.svg" 2>&1)" ""
check "the driver's functions are marked in it" is \
	"$(grep -o '>first: [0-9]* bytes' "$SCRATCH/picture.svg" | sort -u)" ">first: 6 bytes"
check "others are not" is "$(grep -c b_helper "$SCRATCH/picture.svg")" 0

# Where a function lies in .init.text, and where its mark is in the bar of 912 from 24 on.
sections --json "$SCRATCH/vmlinux"
schema=$out
wanted=$(jq -r '.files[].sections[] | select(.name == ".init.text") as $s | $s.items[] | select(.name == "a_helper")
	| .address' <<<"$out")
size=$(jq '.files[].sections[] | select(.name == ".init.text").size' <<<"$out")
start=$(jq -r '.files[].sections[] | select(.name == ".init.text").address' <<<"$out")
check "to scale" is \
	"$(grep '<title>a_helper</title>' "$SCRATCH/picture.svg" | sed 's/.* x="\([0-9.]*\)".*/\1/')" \
	"$(awk -v o=$((wanted - start)) -v s="$size" 'BEGIN { printf "%.2f", 24 + o / s * 912 }')"

make_module "$SCRATCH/hi.ko" hi "6.12.0 mod_unload "
objcopy --redefine-sym 'hi_undo=<a&b>' "$SCRATCH/hi.ko" "$SCRATCH/odd.ko"
sections --svg "$SCRATCH/odd.svg" --driver hi "$SCRATCH/odd.ko"
check "odd names are escaped" is \
	"$status:$(python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.argv[1])' "$SCRATCH/odd.svg" 2>&1)" "0:"

sections --svg "$SCRATCH/none/picture.svg" "$SCRATCH/vmlinux"
check "a picture that cannot be written: exit code 2" is "$status:$out" 2:
check "and a message" like "$err" "none/picture.svg: No such file"
echo before >"$SCRATCH/kept.svg"
sections --svg "$SCRATCH/kept.svg" "$SCRATCH/missing"
check "bad input leaves the old picture as it was" is "$status:$(<"$SCRATCH/kept.svg")" "2:before"
sections --svg "$SCRATCH/two.svg" "$SCRATCH/vmlinux" "$SCRATCH/hi.ko"
check "--svg of two files" is "$status" 2

### What --svg does to the file that is there

mkdir "$SCRATCH/there"
cd "$SCRATCH/there" || exit
echo old >real.svg
chmod 604 real.svg
ln -s real.svg link.svg
ln -s absent.svg dangling.svg
echo mine >link.svg.new
echo mine >real.svg.new
sections --svg link.svg "$SCRATCH/vmlinux"
check "a link is followed, and the file keeps its mode" is \
	"$status:$(readlink link.svg):$(stat -c %a real.svg)" "0:real.svg:604"
check "the file that it points to is new" is "$(head -c 4 real.svg)" "<svg"
check "files called PICTURE.new stay as they were" is "$(cat link.svg.new real.svg.new)" "mine"$'\n'"mine"
sections --svg dangling.svg "$SCRATCH/vmlinux"
check "a link to no file makes that file" is \
	"$status:$(head -c 4 absent.svg):$(readlink dangling.svg)" "0:<svg:absent.svg"
sections --svg fresh.svg "$SCRATCH/vmlinux"
check "a new file has the usual mode" is "$status:$(stat -c %a fresh.svg)" "0:$(printf %o $((0666 & ~$(umask))))"
mkfifo fifo
timeout 20 cat fifo >from-fifo &
sections --svg fifo "$SCRATCH/vmlinux"
wait
check "a FIFO is written into" is "$status:$(stat -c %F fifo):$(head -c 4 from-fifo)" "0:fifo:<svg"
if mknod full c 1 7 2>/dev/null; then
	sections --svg full "$SCRATCH/vmlinux"
	check "a device stays one; a full one: exit code 3" is "$status:$(stat -c %F full)" "3:character special file"
	check "and a message" like "$err" "^sections: full: No space left on device$"
fi
check "no temporary file is left" is "$(find . -name '*.??????' -not -name '*.svg.new' -printf '%f ')" ""
cd / || exit

### Standard output

"$SCRIPTS/sections" --help >/dev/full 2>"$SCRATCH/err"
check "a full disk behind --help" is "$?:$(<"$SCRATCH/err")" "3:sections: standard output: No space left on device"
"$SCRIPTS/sections" "$SCRATCH/vmlinux" >&- 2>"$SCRATCH/err"
check "no standard output" is "$?:$(<"$SCRATCH/err")" "3:sections: standard output: Bad file descriptor"
xz -k --check=crc32 "$SCRATCH/hi.ko"
"$SCRIPTS/sections" "$SCRATCH/hi.ko.xz" >&- 2>"$SCRATCH/err"
check "no standard output, and a file that is unpacked" is \
	"$?:$(<"$SCRATCH/err")" "3:sections: standard output: Bad file descriptor"
{ sleep 1; "$SCRIPTS/sections" --help 2>"$SCRATCH/err"; echo $? >"$SCRATCH/status"; } | true
check "a pipe that nobody reads" is "$(<"$SCRATCH/status"):$(<"$SCRATCH/err")" "3:sections: standard output: Broken pipe"

### Names that are made to harm

# A module with ESC, BEL, newline, and a byte that is no UTF-8, in all of its names
evil=$SCRATCH/$'e\x1b[2J\aé\n.ko'
esc=$'\x1b[2J' bell=$'\a' line=$'\n' byte=$'\xff'
objcopy --redefine-sym "hi_undo=undo$esc$bell${line}é$byte" --redefine-sym "hi_init=init$byte" \
	--rename-section ".init.data=.init.data$esc$byte" "$SCRATCH/hi.ko" "$SCRATCH/names.ko"
printf 'name=h%s%s\0vermagic=6.12 %s\0' "$esc" "$byte" "$bell" >"$SCRATCH/modinfo"
objcopy --update-section .modinfo="$SCRATCH/modinfo" "$SCRATCH/names.ko" "$evil"
control() { LC_ALL=C grep -c -P '[\x00-\x08\x0b-\x1f\x7f]' "$@"; }
for question in "" "--audit" "--by module" "--by source" "--section=.init*" "--driver=h$esc$byte" --compare; do
	read -ra words <<<"$question"
	[ "$question" != --compare ] || words+=("$evil")
	sections "${words[@]}" "$evil"
	check "no control character: sections $(cat -v <<<"$question")" is "$(cat "$SCRATCH/out" "$SCRATCH/err" | control)" 0
	sections --json "${words[@]}" "$evil"
	check "and JSON that is UTF-8: $(cat -v <<<"$question")" is \
		"$(control "$SCRATCH/out"):$(python3 -c 'import json, sys; json.load(open(sys.argv[1], encoding="utf-8"))' "$SCRATCH/out" 2>&1)" \
		"0:"
done
sections --json "$evil"
check "JSON has the bytes of such names beside them" is \
	"$(jq -r '.files[0] | .module.name_hex, (.sections[].items[] | select(.name_hex or .aliases_hex) | "\(.name) \(.name_hex)")' <<<"$out")" \
	"\
681b5b324aff
init� 696e6974ff
undo$esc$bell
é� 756e646f1b5b324a070ac3a9ff"
LC_ALL=C.UTF-8 sections "$evil"
check "the table shows them as escapes" like "$out" 'undo\\x1b\[2J\\x07\\x0aé\\xff'
LC_ALL=C sections "$evil"
check "and what the locale C does not have" like "$out" 'undo\\x1b\[2J\\x07\\x0a\\xc3\\xa9\\xff'
check "in 80 columns" is "$(LC_ALL=C.UTF-8 awk 'NR > 1 && length > 80' "$SCRATCH/out")" ""
sections "$SCRATCH/"$'no\x1bfile'
check "so do messages" is "$err" "sections: $SCRATCH/no\\x1bfile: No such file or directory"
sections --driver $'x\x1b' "$SCRATCH/hi.ko"
check "with arguments too" is "$(control "$SCRATCH/err")" 0

### --section '*'

# A module as ld -r makes it: sections have addresses, symbols count from their section
objcopy --change-section-address .init.data=0x80 "$SCRATCH/hi.ko" "$SCRATCH/moved.ko"
check "a section of a module with an address:" like "$(readelf -SW "$SCRATCH/moved.ko")" ".init.data +PROGBITS +0+80"
sections --json --section '*' "$SCRATCH/moved.ko"
check "symbols in it are found all the same" is \
	"$status:$(jq -r '.files[].sections[].items[] | select(.name == "count") | "\(.address) \(.size)"' <<<"$out")" \
	"0:0x0 4"
cp "$SCRATCH/hi.ko" "$SCRATCH/beyond.ko"
symbol=$(readelf -sW "$SCRATCH/hi.ko" | awk '$8 == "count" { print $1 + 0 }')
table=$(readelf -SW "$SCRATCH/hi.ko" | sed -n 's/.*\.symtab *SYMTAB *[0-9a-f]* \([0-9a-f]*\) .*/\1/p')
poke "$SCRATCH/beyond.ko" $((16#$table + symbol * 24 + 8)) '\100'
sections --section '*' "$SCRATCH/beyond.ko"
check "a symbol outside of its section: section and offset are named" is \
	"$status:$out:$err" \
	"2::sections: $SCRATCH/beyond.ko: .init.data: symbol count, 4 bytes at offset 0x40, does not lie \
inside the section (4 bytes at 0x0)"

check "mandoc finds nothing in the manual page" is "$(mandoc -Tlint "$page" 2>&1)" ""
check "nor does man" is "$(man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)" ""
sections --help
check "it has the options that --help has" is \
	"$(grep -oE -- '--[a-z-]+' <<<"$out" | sort -u)" \
	"$(sed 's/\\-/-/g' "$page" | grep -oE -- '--[a-z-]+' | sort -u)"
check "--help fits 80 columns" is "$(awk 'length > 80' <<<"$out")" ""
check "and the schema's number" like "$(sed -n '/^.SH JSON/,/^.SH EXIT/p' "$page")" "is $(jq .schema <<<"$schema")\."

tap_end
