#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector
#
# What the inspector can be asked, on files made here: --by, --compare, --audit, filters.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

query() { jq -r "$1" <<<"$out"; }

make_vmlinux "$tmp/vmlinux"
CFLAGS=-g make_vmlinux "$tmp/vmlinux.debug"
make_module "$tmp/hi.ko" hi "6.12.0 mod_unload "

### --by

sections --json --by module "$tmp/vmlinux"
is "$(query '.sums[] | "\(.name) \(.total) \(.freed_at_boot)"')" "\
drv__1_b 23 23
drv_a 23 23
? 12 12
total 58 58" "--by module"
sections --json --by source "$tmp/vmlinux.debug"
is "$(query '[.sums[].name] | sort | join(" ")')" "a_main.c b_main.c core.c total" "--by source"
sections --json --by directory "$tmp/vmlinux"
is "$(query '[.sums[] | "\(.name) \(.total)"] | join(", ")')" "? 58, total 58" \
	"--by directory: a base name is in none that is known"
sections --by module "$tmp/hi.ko" "$tmp/vmlinux"
like "$out" "BYTES +UNLOADING +BOOT +INIT +OWNER" "the table has the lifetimes that there are"
is "$(awk 'length > 80' <<<"$out")" "" "and fits 80 columns"
sections --by owner "$tmp/hi.ko"
is "$status:$out" 2: "--by anything else: exit code 2"

### Filters

sections --json --owner 'a_*' "$tmp/vmlinux.debug"
is "$(query '[.files[].sections[].items[] | select(.kind == "function").name] | join(" ")')" \
	"first a_helper init leave" "--owner with a pattern"
sections --json --section .exit.text --owner b_main.c "$tmp/vmlinux.debug"
is "$(query '[.files[].sections[].items[].name] | join(" ")')" leave "--owner and --section together"
sections --json --section .rodata "$tmp/vmlinux"
is "$(query '.files[].sections[] | "\(.name) \(.lifetime) \([.items[].name] | join(" "))"')" \
	".rodata kept linux_banner" "--section: any section"

sections --json --section .init.text --section '.exit*' "$tmp/hi.ko"
is "$status $(query '[.files[].sections[].name] | join(" ")')" "0 .init.text .exit.text" "a second --section adds to the first"
for filter in "--section=.nope" "--section=.init.text --section=.nope" "--owner=nope.c" "--driver=nope"; do
	read -ra words <<<"$filter"
	for report in --json "--by module" "--svg $tmp/picture.svg"; do
		read -ra more <<<"$report"
		sections "${words[@]}" "${more[@]}" "$tmp/hi.ko"
		is "$status:$out" 2: "$filter $report matches nothing: exit code 2, no output"
		like "$err" "^sections: $tmp/hi.ko: no (section matches|symbol comes from|symbol belongs to module) \"(.nope|nope.c|nope)\"$" "and a message"
	done
done
is "$(find "$tmp" -name picture.svg)" "" "and no picture"
mkdir "$tmp/several"
cp "$tmp/hi.ko" "$tmp/several/hi.ko"
make_module "$tmp/several/ho.ko" ho "6.12.0 mod_unload "
sections --json --driver ho "$tmp/several"
is "$status:$err:$(query '[.files[].module.name] | join(" ")')" "0::ho" "of a directory, modules without a match are left out"
sections --json --driver hu "$tmp/several"
is "$status:$out:$err" "2::sections: $tmp/several: no symbol belongs to module \"hu\"" "a directory without a match: exit code 2"
sections --compare --section .init.text --owner fresh.c "$tmp/hi.ko" "$tmp/hi.ko"
is "$status:$out" "2:" "--compare of two files without a match, too"
sections --json --compare --section .rodata "$tmp/hi.ko" "$tmp/vmlinux"
is "$status" 2 "a driver that the second file does not have"
sections --json --compare --section .init.data "$tmp/vmlinux" "$tmp/vmlinux.debug"
is "$status" 0 "--compare with a section that both have"

### --compare

sections --compare "$tmp/hi.ko" "$tmp/hi.ko"
is "$status" 0 "--compare a file with itself"
like "$out" "No item moved, grew, came or went" "and nothing has changed"

sed 's/a_helper(void) { return 2; }/a_helper(void) { return first() + first() * 7; } int __section(".init.text") fresh(void) { return 3; }/' \
	"$tmp/a_main.c" >"$tmp/changed.c"
vmlinux_script >"$tmp/vmlinux.lds"
(
	cd "$tmp" || exit
	mv changed.c a_main.c
	gcc -O1 -fno-inline -ffreestanding -fno-pie -fno-asynchronous-unwind-tables -c a_main.c
	sed -i 's/b_helper/b_renamed/' b_main.c
	gcc -O1 -fno-inline -ffreestanding -fno-pie -fno-asynchronous-unwind-tables -c b_main.c
	ld --no-warn-rwx-segments -nostdlib -static -T vmlinux.lds -o vmlinux.new core.o a_main.o b_main.o
)
sections --json --compare "$tmp/vmlinux" "$tmp/vmlinux.new"
is "$(query '[.changes[] | "\(.change) \(.name)"] | sort | join(", ")')" \
	"came b_renamed, came fresh, grew a_helper, went b_helper" "what grew, came and went"
growth=$(query .growth)
is "$(query '.changes | map(.difference) | add')" "$growth" "the changes add up to the growth"
sections --compare --max-growth "$growth" "$tmp/vmlinux" "$tmp/vmlinux.new"
is "$status" 0 "--max-growth: as much as that is allowed"
sections --compare --max-growth $((growth - 1)) "$tmp/vmlinux" "$tmp/vmlinux.new"
is "$status" 1 "a byte more is not: exit code 1"
like "$err" "vmlinux.new: grew by $growth bytes" "with a message"
is "$(awk 'length > 80' <<<"$out")" "" "and the table fits 80 columns"

make_module "$tmp/drv_a.ko" drv_a "6.12.0 mod_unload "
sections --json --compare "$tmp/drv_a.ko" "$tmp/vmlinux"
is "$(query '[.changes[] | select(.name == "first").change] | join(" ")')" came \
	"a module beside a vmlinux is compared with itself built in"
is "$(query '.given_back[] | "\(.init) \(.exit) \(.pages)"')" "\
10 0 0
22 1 null" "what __init and __exit give back; of pages that others share nothing is said"

exit_in_init='' exit_kept='.exit.text : { *(.exit.text) }' make_vmlinux "$tmp/vmlinux.kept"
make_vmlinux "$tmp/vmlinux.freed"
sections --json --compare "$tmp/vmlinux.freed" "$tmp/vmlinux.kept"
is "$(query '[.changes[] | "\(.change) \(.name) \(.lifetime_a) \(.lifetime_b)"] | unique | join(", ")')" \
	"moved leave freed at boot kept" "what moved"

### --audit

audited() { # NAME SED-SCRIPT: hi, changed
	module_source "$1" "${vermagic-6.12.0 mod_unload }" | sed "$2" >"$tmp/$1.c"
	gcc -O1 -fno-inline -ffreestanding -fno-pie -fno-asynchronous-unwind-tables -c -o "$tmp/$1.ko" "$tmp/$1.c"
	sections --json --audit "$tmp/$1.ko"
}

audited usual ''
is "$status $(query '.findings | length')" "0 0" "--audit: nothing to be said of a usual module"
audited late 's/__section(".init.text") late_init/late_init/'
is "$status $(query '.findings[] | "\(.module) \(.finding) \(.detail)"')" \
	"1 late init-kept init_module is in .text" "an init function that is kept"
audited shared 's/__section(".exit.text") shared_exit/shared_exit/'
is "$status $(query '.findings[] | "\(.finding) \(.detail)"')" \
	"1 exit-kept cleanup_module is in .text" "an exit function outside .exit.text"
audited stay '/cleanup_module(void)/d; s/, .exit = cleanup_module//'
is "$status $(query '.findings[] | "\(.finding): \(.detail)"')" \
	"1 permanent: it has an init function and no exit function" "an init function and no exit function"
audited unlinked 's/, .exit = cleanup_module//'
is "$status $(query '.findings[] | "\(.finding): \(.detail)"')" \
	"1 permanent: __this_module does not point to its exit function" "an exit function that nothing points to"
audited leaving '/int init_module(void)/d; s/.init = init_module,//'
is "$status $(query '.findings[].finding')" "1 exit-without-init" "an exit function and no init function"
audited bare '/_module(void)/d; s/.init = init_module, .exit = cleanup_module,//'
is "$status $(query '.findings | length')" "0 0" "neither of them: such a module can go"
vermagic="6.12.0 " audited nounload ''
is "$status $(query '.findings[] | "\(.finding): \(.detail)"')" \
	"1 permanent: its kernel has no CONFIG_MODULE_UNLOAD" "a kernel that unloads no module"
sections --audit "$tmp"/*.ko
is "$status $(grep -c permanent <<<"$out")" "1 3" "several at once, in a table"
sections --json --audit "$tmp/vmlinux"
is "$status $(query '.findings | length')" "0 0" "a vmlinux whose initcalls are all __init"
sed -i 's/__section(".init.text") init(void)/init(void)/' "$tmp/a_main.c"
sed -i 's/^int __section/static int __section/' "$tmp/core.c"
(
	cd "$tmp" || exit
	gcc -O1 -fno-inline -ffreestanding -fno-pie -fno-asynchronous-unwind-tables -c a_main.c
	ld --no-warn-rwx-segments -nostdlib -static -T vmlinux.lds -o vmlinux.audit core.o a_main.o b_main.o
)
sections --json --audit "$tmp/vmlinux.audit"
is "$status $(query '.findings[] | "\(.module) \(.finding): \(.detail)"')" \
	"1 drv_a init-kept: init is in no init section" "one whose initcall is not"

### Words that do not go together

refused() { # MESSAGE ARGUMENT...
	local message=$1

	shift
	sections "$@"
	is "$status:$out" 2: "refused: $*"
	like "$err" "$message" "because $message"
}

refused "only one question" --audit --compare "$tmp/hi.ko" "$tmp/hi.ko"
refused "needs two files" --compare "$tmp/hi.ko"
refused "needs --compare" --max-growth 5 "$tmp/hi.ko"
refused "number of bytes, not 'much'" --compare --max-growth much "$tmp/hi.ko" "$tmp/hi.ko"
refused "take no filter" --audit --driver hi "$tmp/hi.ko"

# Every option with an empty value, and every one twice that can be given once
for option in by max-growth kernel root svg section owner driver; do
	refused "^sections: --$option needs a value, not ''" "--$option" "" "$tmp/hi.ko"
	refused "^sections: --$option needs a value, not ''" "--$option=" "$tmp/hi.ko"
	value=module
	[ $option != max-growth ] || value=1
	[ $option = section ] || refused "^sections: --$option can be given once only" --$option $value --$option $value "$tmp/hi.ko"
done
refused "^sections: a file needs a name, not ''" ""
refused "^sections: a file needs a name, not ''" "$tmp/hi.ko" ""
refused "^sections: no file given" --
cp "$tmp/hi.ko" "$tmp/--json"
cd "$tmp" || exit
sections -- --json
is "$status:${out%%$'\n'*}" "0:--json" "-- ends the options"
sections --audit -- --json
is "$status:$out" "0:Nothing found." "after others, too"

done_testing
