#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: boot boot-x86_64 modules inspector matrix test debian:6.1 debian:6.12 debian:newest
#
# scripts/vet on stock kernels: the driver holds, and vet names what each kernel cannot show. On Debian's
# 6.12 vet finds mistakes without KASAN, and loads a module that needs one of the kernel's packed modules.

. "$(dirname "$0")/../lib.sh"

vet=$SCRIPTS/vet

# cells CONDITION: prints how many cells of the table meet it
cells() { jq "[.cells[] | select($1)] | length" "$SCRATCH/hi.json"; }

for kernel in ${HI_STOCK:-debian:6.1 debian:6.12 debian:newest}; do
	release=$("$SCRIPTS/setup" --release "$kernel")
	check "$kernel: hi and its modules hold" exits 0 "$vet" -k "$kernel" --permanent hi_permanent --json "$SCRATCH/hi.json" "$TOP/drivers-misc-hi"
	check "$kernel: which kernel" said "Linux $release, a stock kernel"
	check "$kernel: what is not looked for" said "use of memory that was freed, unless the kernel dies of it or SLUB notices (KASAN)"
	check "$kernel: five modules, each experiment" test "$(cells true)" = $((5 * $("$vet" --list | grep -c '^V')))
	check "$kernel: V8 does not apply" test "$(cells '.claim == "V8" and .state == "absent"')" = 5
	check "$kernel: all that hold have cases" test "$(cells '.state == "holds" and (.experiments | length) == 0')" = 0
	for claim in V1 V2 V3 V4 V5 V6 V7 V9; do
		check "$kernel: $claim holds of hi" test "$(cells ".claim == \"$claim\" and .variant == \"hi\" and .state == \"holds\"")" = 1
	done
	check "$kernel: init's failing allocations were tried" test "$(jq '[.cells[] | select(.claim == "V2" and .variant == "hi")
		.experiments[] | select(.transcript | test("# init returned -12"))] | length' "$SCRATCH/hi.json")" -gt 1
done

# finds BUG EXIT EXPERIMENT TEXT
finds() { check "$1: found by $3" refuses "$2" "$4" "$vet" -k debian:6.12 --only "$3" "$SCRIPTS/tests/bugs/$1"; }

finds label_forgets 1 V2 "the next load of label_forgets"
check "label_forgets: the command that repeats it" said "again: scripts/vet -k debian:6.12 --only V2:label_forgets:1"
check "label_forgets: the line of its source" said "(label_forgets.c:"
finds returns_one 1 V9 "init returned 1"
finds proc_left 1 V1 "left behind: /proc/proc_left"
finds device_unchecked 5 V3 "call 1 of device_create() fails"
finds published_first 5 V5 "call 1 of register_module_notifier() fails"
finds no_owner 5 V4 "/dev/no_owner"

mkdir "$SCRATCH/needs_other"
echo 'obj-m := needs_other.o' > "$SCRATCH/needs_other/Kbuild"
cat > "$SCRATCH/needs_other/needs_other.c" <<-'END'
	#include <linux/lru_cache.h>
	#include <linux/module.h>
	static int __init needs_other_init(void)
	{
		lc_destroy(NULL);
		return 0;
	}
	static void __exit needs_other_exit(void)
	{
	}
	module_init(needs_other_init);
	module_exit(needs_other_exit);
	MODULE_LICENSE("GPL");
END
check "a module that needs lru_cache.ko.xz" exits 0 "$vet" -k debian:6.12 --only V9 "$SCRATCH/needs_other"
check "it was loaded" grep -qE '^needs_other +✓' "$SCRATCH/output"
tap_end
