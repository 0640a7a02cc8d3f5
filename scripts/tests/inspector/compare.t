#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector
#
# What --compare prints for others: bloat-o-meter's text, byte for byte, and Markdown.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

bloat_o_meter >/dev/null || give_up "no kernel source with scripts/bloat-o-meter in $CACHE/sources"

# Names that the script changes or leaves out, aliases, weak and unnamed symbols
odd_source() { # BYTES
	cat <<-END
	.text
	.globl grows; .type grows, @function; grows: .zero $1; .size grows, $1
	.globl alias; .type alias, @function; .set alias, grows; .size alias, $1
	.type same.constprop.0, @function; same.constprop.0: .zero 8; .size same.constprop.0, 8
	.type same.isra.12, @function; same.isra.12: .zero $1; .size same.isra.12, $1
	.type "many.$1", @function; "many.$1": .zero 4; .size "many.$1", 4
	.type "many.7", @function; "many.7": .zero $1; .size "many.7", $1
	.type __se_sys_read, @function; __se_sys_read: .zero $1; .size __se_sys_read, $1
	.weak weak; .type weak, @function; weak: .zero $1; .size weak, $1
	.type "a:b", @function; "a:b": .zero $1; .size "a:b", $1
	nosize: .zero 5
	.type only_$1, @function; only_$1: .zero 3; .size only_$1, 3
	.type indirect, @gnu_indirect_function; indirect: .zero $1; .size indirect, $1
	.set absolute, 5; .type absolute, @object; .size absolute, $1
	.section .rodata; .type ro, @object; ro: .zero $1; .size ro, $1
	.section .tdata, "awT", @progbits; .type thread, @object; thread: .zero $1; .size thread, $1
	.section .note.odd, "", @progbits; .type note, @object; note: .zero $1; .size note, $1
	.weak weak_note; .type weak_note, @object; weak_note: .zero $1; .size weak_note, $1
	.data; .type __addressable_x, @object; __addressable_x: .zero $1; .size __addressable_x, $1
	.type shrinks, @object; shrinks: .zero 64 - $1; .size shrinks, 64 - $1
	.bss; .type zero, @object; zero: .zero $1; .size zero, $1
	.comm common, $1
	END
}

for bytes in 16 24; do
	odd_source $bytes | as --64 -o "$SCRATCH/odd$bytes.o"
done
make_vmlinux "$SCRATCH/vmlinux"
make_module "$SCRATCH/hi.ko" hi "6.12.0 mod_unload "
printf 'int __attribute__((section(".init.text"))) planted(void) { return 1; }\nconst char kept[5000] = { 1 };\n' >"$SCRATCH/planted.c"
make_vmlinux "$SCRATCH/vmlinux.new" planted
objcopy --add-symbol more=.text:0,global,function "$SCRATCH/hi.ko" "$SCRATCH/ho.ko"
check "bloat-o-meter: two objects with odd symbols" as_bloat_o_meter "$SCRATCH/odd16.o" "$SCRATCH/odd24.o"
sections --compare --format bloat-o-meter "$SCRATCH/odd16.o" "$SCRATCH/odd24.o"
check "many.N is one name in both" like "$out" $'\nmany +20 +28 +\+8\n'
check "and the other way round" as_bloat_o_meter "$SCRATCH/odd24.o" "$SCRATCH/odd16.o"
check "two vmlinux" as_bloat_o_meter "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.new"
sections --compare --format bloat-o-meter "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.new"
check "below it the lifetimes, in bytes and pages" like "$out" \
	$'BYTES +PAGES +LIFETIME\n +6 +5032 +\\+5026 +\\+1 +kept\n *58 +64 +\\+6 +\\+0 +freed at boot'
check "two modules" as_bloat_o_meter "$SCRATCH/hi.ko" "$SCRATCH/ho.ko"
check "a module and a vmlinux" as_bloat_o_meter "$SCRATCH/hi.ko" "$SCRATCH/vmlinux"
check "a file and itself" as_bloat_o_meter "$SCRATCH/vmlinux" "$SCRATCH/vmlinux"
gzip -k "$SCRATCH/hi.ko"
sections --compare --format bloat-o-meter "$SCRATCH/hi.ko.gz" "$SCRATCH/hi.ko"
check "a packed file has the same symbols" like "$out" "^add/remove: 0/0 grow/shrink: 0/0 up/down: 0/0"

### Markdown

sections --json --compare --section '*' "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.new"
json=$out
sections --compare --format markdown "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.new"
check "markdown: answered" is "$status:$err" "0:"
check "the growth" like "$out" "^Size of .vmlinux.new.: \*\*\+$(jq .growth <<<"$json" | sed 's/\(.*\)\(...\)/\1,\2/')\*\* bytes"
check "the largest change first" like "$out" \
	$'Where \\|\n\\| ---: \\| ---: \\| ---: \\| :--- \\| :--- \\| :--- \\|\n\\| 0 \\| 5,000 \\| \\+5,000 \\| `kept`'
check "a row for each change" is "$(grep -c '^|.*`.*|$' <<<"$out")" "$(jq '.changes | length' <<<"$json")"
check "in each row as many cells as in its heading" is \
	"$(awk -F '|' '/^\|/ { if (!cells) cells = NF; if (NF != cells) print } !/^\|/ { cells = 0 }' <<<"$out")" ""
sections --compare --format markdown --rows 1 "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.new"
check "--rows 1: the others are summed" is "$(tail -n 1 <<<"$out")" \
	"| $(jq -r '.changes[1:] | "\(map(.a) | add) | \(map(.b) | add) | \(map(.difference) | add | if . > 0 then "+\(.)" else . end) | \(length) more"' <<<"$json") | | |"
objcopy --redefine-sym 'hi_undo=a|b`c' "$SCRATCH/hi.ko" "$SCRATCH/odd.ko"
sections --compare --format markdown "$SCRATCH/hi.ko" "$SCRATCH/odd.ko"
check "a name with a bar and a backtick stays in its cell" like "$out" '`a\\\|b\\x60c`'
check "pages of two whole modules are told" like "$out" '\| \+0 \| kept for unloading \|'

### Options that cannot be combined

two=("$SCRATCH/hi.ko" "$SCRATCH/hi.ko")
refused "needs bloat-o-meter or markdown, not 'html'" --compare --format html "${two[@]}"
refused "--format needs --compare" --format markdown "${two[@]}"
refused "cannot be combined with --json" --compare --json --format markdown "${two[@]}"
refused "takes no filter" --compare --format bloat-o-meter --section .text "${two[@]}"
refused "takes no filter" --compare --format bloat-o-meter --driver hi "${two[@]}"
refused "--rows needs --format markdown" --compare --rows 3 "${two[@]}"
refused "needs a number, not '-1'" --compare --format markdown --rows -1 "${two[@]}"

tap_end
