#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Needs: inspector
#
# What the inspector can be asked, on files made here: --by, --compare, --audit, filters.

# shellcheck source=/dev/null disable=SC2154,SC2016
. "$(dirname "$0")/../inspector-lib.sh"

make_vmlinux "$SCRATCH/vmlinux"
CFLAGS=-g make_vmlinux "$SCRATCH/vmlinux.debug"
make_module "$SCRATCH/hi.ko" hi "6.12.0 mod_unload "

### --by

sections --json --by module "$SCRATCH/vmlinux"
check "--by module" is "$(query '.sums[] | "\(.name) \(.total) \(.freed_at_boot)"')" "\
drv__1_b 23 23
drv_a 23 23
? 12 12
total 58 58"
sections --json --by source "$SCRATCH/vmlinux.debug"
check "--by source" is "$(query '[.sums[].name] | sort | join(" ")')" "a_main.c b_main.c core.c total"
sections --json --by directory "$SCRATCH/vmlinux"
check "--by directory: a base name is in none that is known" is \
	"$(query '[.sums[] | "\(.name) \(.total)"] | join(", ")')" "? 58, total 58"
sections --by module "$SCRATCH/hi.ko" "$SCRATCH/vmlinux"
check "the table has the lifetimes that there are" like "$out" "BYTES +UNLOADING +BOOT +INIT +OWNER"
check "and fits 80 columns" is "$(awk 'length > 80' <<<"$out")" ""
sections --by owner "$SCRATCH/hi.ko"
check "--by anything else: exit code 2" is "$status:$out" 2:

### Filters

sections --json --owner 'a_*' "$SCRATCH/vmlinux.debug"
check "--owner with a pattern" is \
	"$(query '[.files[].sections[].items[] | select(.kind == "function").name] | join(" ")')" \
	"first a_helper init leave"
sections --json --section .exit.text --owner b_main.c "$SCRATCH/vmlinux.debug"
check "--owner and --section together" is "$(query '[.files[].sections[].items[].name] | join(" ")')" leave
sections --json --section .rodata "$SCRATCH/vmlinux"
check "--section: any section" is \
	"$(query '.files[].sections[] | "\(.name) \(.lifetime) \([.items[].name] | join(" "))"')" \
	".rodata kept linux_banner"

sections --json --section .init.text --section '.exit*' "$SCRATCH/hi.ko"
check "a second --section adds to the first" is \
	"$status $(query '[.files[].sections[].name] | join(" ")')" "0 .init.text .exit.text"
for filter in "--section=.nope" "--section=.init.text --section=.nope" "--owner=nope.c" "--driver=nope"; do
	read -ra words <<<"$filter"
	for report in --json "--by module" "--svg $SCRATCH/picture.svg"; do
		read -ra more <<<"$report"
		sections "${words[@]}" "${more[@]}" "$SCRATCH/hi.ko"
		check "$filter $report matches nothing: exit code 2, no output" is "$status:$out" 2:
		check "and a message" like \
			"$err" \
			"^sections: $SCRATCH/hi.ko: no (section matches|symbol comes from|symbol belongs to module) \"(.nope|nope.c|nope)\"$"
	done
done
check "and no picture" is "$(find "$SCRATCH" -name picture.svg)" ""
mkdir "$SCRATCH/several"
cp "$SCRATCH/hi.ko" "$SCRATCH/several/hi.ko"
make_module "$SCRATCH/several/ho.ko" ho "6.12.0 mod_unload "
sections --json --driver ho "$SCRATCH/several"
check "of a directory, modules without a match are left out" is \
	"$status:$err:$(query '[.files[].module.name] | join(" ")')" "0::ho"
sections --json --driver hu "$SCRATCH/several"
check "a directory without a match: exit code 2" is \
	"$status:$out:$err" "2::sections: $SCRATCH/several: no symbol belongs to module \"hu\""
sections --compare --section .init.text --owner fresh.c "$SCRATCH/hi.ko" "$SCRATCH/hi.ko"
check "--compare of two files without a match, too" is "$status:$out" "2:"
sections --json --compare --section .rodata "$SCRATCH/hi.ko" "$SCRATCH/vmlinux"
check "a driver that the second file does not have" is "$status" 2
sections --json --compare --section .init.data "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.debug"
check "--compare with a section that both have" is "$status" 0

### --compare

sections --compare "$SCRATCH/hi.ko" "$SCRATCH/hi.ko"
check "--compare a file with itself" is "$status" 0
check "and nothing has changed" like "$out" "No item moved, grew, came or went"

sed 's/a_helper(void) { return 2; }/a_helper(void) { return first() + first() * 7; } int __section(".init.text") fresh(void) { return 3; }/' \
	"$SCRATCH/a_main.c" >"$SCRATCH/changed.c"
vmlinux_script >"$SCRATCH/vmlinux.lds"
(
	cd "$SCRATCH" || exit
	mv changed.c a_main.c
	compile a_main.o a_main.c
	sed -i 's/b_helper/b_renamed/' b_main.c
	compile b_main.o b_main.c
	ld --no-warn-rwx-segments -nostdlib -static -T vmlinux.lds -o vmlinux.new core.o a_main.o b_main.o
)
sections --json --compare "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.new"
check "what grew, came and went" is \
	"$(query '[.changes[] | "\(.change) \(.name)"] | sort | join(", ")')" \
	"came b_renamed, came fresh, grew a_helper, went b_helper"
growth=$(query .growth)
check "the changes add up to the growth" is "$(query '.changes | map(.difference) | add')" "$growth"
sections --compare --max-growth "$growth" "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.new"
check "--max-growth: as much as that is allowed" is "$status" 0
sections --compare --max-growth $((growth - 1)) "$SCRATCH/vmlinux" "$SCRATCH/vmlinux.new"
check "a byte more is not: exit code 1" is "$status" 1
check "with a message" like "$err" "vmlinux.new: grew by $growth bytes"
check "and the table fits 80 columns" is "$(awk 'length > 80' <<<"$out")" ""

make_module "$SCRATCH/drv_a.ko" drv_a "6.12.0 mod_unload "
sections --json --compare "$SCRATCH/drv_a.ko" "$SCRATCH/vmlinux"
check "a module beside a vmlinux is compared with itself built in" is \
	"$(query '[.changes[] | select(.name == "first").change] | join(" ")')" came
check "what __init and __exit give back; of pages that others share nothing is said" is \
	"$(query '.given_back[] | "\(.init) \(.exit) \(.pages)"')" "\
10 0 0
22 1 null"

exit_in_init='' exit_kept='.exit.text : { *(.exit.text) }' make_vmlinux "$SCRATCH/vmlinux.kept"
make_vmlinux "$SCRATCH/vmlinux.freed"
sections --json --compare "$SCRATCH/vmlinux.freed" "$SCRATCH/vmlinux.kept"
check "what moved" is \
	"$(query '[.changes[] | "\(.change) \(.name) \(.lifetime_a) \(.lifetime_b)"] | unique | join(", ")')" \
	"moved leave freed at boot kept"

### --audit

audited() { # NAME SED-SCRIPT: hi, changed
	module_source "$1" "${vermagic-6.12.0 mod_unload }" | sed "$2" >"$SCRATCH/$1.c"
	compile "$SCRATCH/$1.ko" "$SCRATCH/$1.c"
	sections --json --audit "$SCRATCH/$1.ko"
}

audited usual ''
check "--audit: nothing to be said of a usual module" is "$status $(query '.findings | length')" "0 0"
audited late 's/__section(".init.text") late_init/late_init/'
check "an init function that is kept" is \
	"$status $(query '.findings[] | "\(.module) \(.finding) \(.detail)"')" \
	"1 late init-kept init_module is in .text"
audited shared 's/__section(".exit.text") shared_exit/shared_exit/'
check "an exit function outside .exit.text" is \
	"$status $(query '.findings[] | "\(.finding) \(.detail)"')" "1 exit-kept cleanup_module is in .text"
audited stay '/cleanup_module(void)/d; s/, .exit = cleanup_module//'
check "an init function and no exit function" is \
	"$status $(query '.findings[] | "\(.finding): \(.detail)"')" \
	"1 permanent: it has an init function and no exit function"
audited unlinked 's/, .exit = cleanup_module//'
check "an exit function that nothing points to" is \
	"$status $(query '.findings[] | "\(.finding): \(.detail)"')" \
	"1 permanent: __this_module does not point to its exit function"
audited leaving '/int init_module(void)/d; s/.init = init_module,//'
check "an exit function and no init function" is "$status $(query '.findings[].finding')" "1 exit-without-init"
audited bare '/_module(void)/d; s/.init = init_module, .exit = cleanup_module,//'
check "neither of them: such a module can go" is "$status $(query '.findings | length')" "0 0"
vermagic="6.12.0 " audited nounload ''
check "a kernel that unloads no module" is \
	"$status $(query '.findings[] | "\(.finding): \(.detail)"')" \
	"1 permanent: its kernel has no CONFIG_MODULE_UNLOAD"
sections --audit "$SCRATCH"/*.ko
check "several at once, in a table" is "$status $(grep -c permanent <<<"$out")" "1 3"
sections --json --audit "$SCRATCH/vmlinux"
check "a vmlinux whose initcalls are all __init" is "$status $(query '.findings | length')" "0 0"
sed -i 's/__section(".init.text") init(void)/init(void)/' "$SCRATCH/a_main.c"
sed -i 's/^int __section/static int __section/' "$SCRATCH/core.c"
(
	cd "$SCRATCH" || exit
	compile a_main.o a_main.c
	ld --no-warn-rwx-segments -nostdlib -static -T vmlinux.lds -o vmlinux.audit core.o a_main.o b_main.o
)
sections --json --audit "$SCRATCH/vmlinux.audit"
check "one whose initcall is not" is \
	"$status $(query '.findings[] | "\(.module) \(.finding): \(.detail)"')" \
	"1 drv_a init-kept: init is in no init section"

### Options that cannot be combined

refused "only one question" --audit --compare "$SCRATCH/hi.ko" "$SCRATCH/hi.ko"
refused "needs two files" --compare "$SCRATCH/hi.ko"
refused "needs --compare" --max-growth 5 "$SCRATCH/hi.ko"
refused "number of bytes, not 'much'" --compare --max-growth much "$SCRATCH/hi.ko" "$SCRATCH/hi.ko"
refused "take no filter" --audit --driver hi "$SCRATCH/hi.ko"

# Every option with an empty value, and every one twice that can be given once
for option in by max-growth baseline format rows kernel root svg section owner driver; do
	refused "^sections: --$option needs a value, not ''" "--$option" "" "$SCRATCH/hi.ko"
	refused "^sections: --$option needs a value, not ''" "--$option=" "$SCRATCH/hi.ko"
	value=module
	case $option in max-growth | rows) value=1 ;; format) value=markdown ;; esac
	[ $option = section ] || refused "^sections: --$option can be given once only" --$option $value --$option $value "$SCRATCH/hi.ko"
done
refused "^sections: a file needs a name, not ''" ""
refused "^sections: a file needs a name, not ''" "$SCRATCH/hi.ko" ""
refused "^sections: no file given" --
cp "$SCRATCH/hi.ko" "$SCRATCH/--json"
cd "$SCRATCH" || exit
sections -- --json
check "-- ends the options" is "$status:${out%%$'\n'*}" "0:--json"
sections --audit -- --json
check "after others, too" is "$status:$out" "0:Nothing found."

tap_end
