#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Needs: build boot boot-x86_64 inspector matrix
#
# scripts/vet: hi's modules hold. Bugs that people made, rebuilt as small modules in bugs/, are found,
# and the mended modules hold. What does not build, and guests that hang and panic.

. "$(dirname "$0")/../lib.sh"

vet=$SCRIPTS/vet

check "no module" refuses 2 "no MODULE given" "$vet"
check "no such directory" refuses 2 "is no directory, and no symbol" "$vet" /nowhere
check "a directory without a makefile" refuses 2 "has no Kbuild file and no Makefile" "$vet" "$SCRATCH"
check "no such experiment" refuses 2 "unknown experiment 'V77'" "$vet" --only V77 "$TOP/drivers-misc-hi"
check "two cases of an experiment" refuses 2 "one case or module of V2 at a time" \
	"$vet" --only V2:hi:1 --only V2:hi:2 "$TOP/drivers-misc-hi"
check "no such architecture" refuses 2 "unknown architecture" "$vet" -a m68k "$TOP/drivers-misc-hi"
check "a symbol that does not exist" refuses 2 "did not take" "$vet" NO_SUCH_SYMBOL_AT_ALL
check "a file that cannot be written: exit 3" refuses 3 "cannot write" "$vet" --json /proc/results.json "$TOP/drivers-misc-hi"

mkdir "$SCRATCH/broken"
echo 'obj-m := broken.o' > "$SCRATCH/broken/Kbuild"
echo 'int broken(void) { return 0 }' > "$SCRATCH/broken/broken.c"
check "a module that does not build: exit 1, and the compiler's line" refuses 1 "broken.c:1:28: error: expected" "$vet" "$SCRATCH/broken"
check "all of that line, whatever its quotes" grep -qE "error: expected [^ ;]*;[^ ;]* before [^ }]*\}[^ }]* token" "$SCRATCH/output"
check "its directory stays as it was" test "$(ls "$SCRATCH/broken")" = "$(printf 'Kbuild\nbroken.c')"

check "hi and its modules hold" exits 0 "$vet" --permanent hi_permanent --json "$SCRATCH/hi.json" --html "$SCRATCH/hi.html" \
	--junit "$SCRATCH/hi.xml" "$TOP/drivers-misc-hi"
count() { jq "[.cells[] | select($1)] | length" "$SCRATCH/hi.json"; }
check "five modules, each experiment" test "$(count true)" = $((5 * $("$vet" --list | grep -c '^V')))
check "all that hold have cases" test "$(count '.state == "holds" and (.experiments | length) == 0')" = 0
check "init's failing allocations were tried" test "$(jq '[.cells[] | select(.claim == "V2" and .variant == "hi")
	.experiments[]] | length' "$SCRATCH/hi.json")" -gt 10
check "a page" grep -q '</html>' "$SCRATCH/hi.html"
check "JUnit" grep -q '<testsuite name="hi, ' "$SCRATCH/hi.xml"

# copy BUG: in $SCRATCH/BUG, mended
mend() {
	cp -r "$SCRIPTS/tests/bugs/$1" "$SCRATCH/"
	echo 'ccflags-y += -DMENDED' >> "$SCRATCH/$1/Kbuild"
}

# finds BUG EXIT EXPERIMENT TEXT: vet exits with EXIT and prints TEXT
finds() {
	check "$1: found by $3" refuses "$2" "$4" "$vet" --only "$3" "$SCRIPTS/tests/bugs/$1"
	check "$1: the command that repeats it" said "again: scripts/vet"
	mend "$1"
	mended+=("$SCRATCH/$1")
}

mended=()
finds timer_runs 5 V1 "the guest panicked"
finds no_owner 5 V4 "/dev/no_owner"
finds returns_one 1 V9 "init returned 1"
finds label_forgets 1 V2 "the next load of label_forgets"
finds notifier_first 5 V1 "notifier_first"
finds freed_twice 1 V3 "KASAN"
finds freed_by_hand 1 V3 "memory is lost"
finds work_queued 5 V1 "free active"
finds proc_left 1 V1 "left behind: /proc/proc_left"
finds device_unchecked 5 V3 "call 1 of device_create() fails"
finds devm_freed 1 V1 "KASAN"
finds undone_in_order 1 V1 "KASAN"
finds published_first 5 V5 "register_module_notifier"

# Removes what the compiler and the kernel decide from README's example. vet leaves cases out if a later load
# makes fewer allocations than the first.
mask() { sed -E 's/\+0x[0-9a-f]+\/0x[0-9a-f]+//g; s/^Linux [0-9.]+/Linux/; s/, [0-9]+ left out$//; s/ +$//'; }
example() { sed -n '/^    \$ scripts\/vet/,/^$/{s/^    //p}' "$TOP/README"; }
command=$(example | sed -n '1s/^\$ //p')
check "README shows what vet prints" diff <(example | sed 1d | mask) <(cd "$TOP" && bash -c "$command" 2> /dev/null | mask)

# V8 alone, for modules that only a kernel notices into which they are built.
check "returns_one: found by V8, too" refuses 1 "init returned 1" "$vet" --only V8 "$SCRIPTS/tests/bugs/returns_one"
module() {
	mkdir -p "$SCRATCH/$1"
	echo "obj-m := ${*:2}" > "$SCRATCH/$1/Kbuild"
}
module clash one.o other.o
for file in one other; do
	printf '#include <linux/module.h>\nint same(void);\nint same(void) { return 0; }\nMODULE_LICENSE("GPL");\n' > "$SCRATCH/clash/$file.c"
done
check "two modules with the same global function" refuses 1 "multiple definition of" "$vet" --only V8 "$SCRATCH/clash"
module dies dies.o
cat > "$SCRATCH/dies/dies.c" <<-'END'
	#include <linux/module.h>
	static int __init dies_init(void)
	{
		if (system_state < SYSTEM_RUNNING)
			panic("not that early");
		return 0;
	}
	module_init(dies_init);
	MODULE_LICENSE("GPL");
END
check "a module that ends the boot" refuses 5 "before it was up: Kernel panic - not syncing: not that early" "$vet" --only V8 "$SCRATCH/dies"

module hangs hangs.o
cat > "$SCRATCH/hangs/hangs.c" <<-'END'
	#include <linux/delay.h>
	#include <linux/module.h>
	static int __init hangs_init(void)
	{
		for (;;)
			msleep(1000);
		return 0;
	}
	module_init(hangs_init);
	MODULE_DESCRIPTION("Module whose init function never returns");
	MODULE_LICENSE("GPL");
END
check "a guest that hangs: exit 4" refuses 4 "the guest hung during this case" \
	"$vet" --only V1 --only V7 --timeout 20 --permanent hangs --json "$SCRATCH/hangs.json" "$SCRATCH/hangs"
check "it says where" grep -q 'hangs_init' <(jq -r '.cells[] | select(.claim == "V1").experiments[].transcript' "$SCRATCH/hangs.json")
check "the other experiments were done" test "$(jq -r '.cells[] | select(.claim == "V7").state' "$SCRATCH/hangs.json")" = holds

# The kernel frees workqueues a little later than exit destroys them.
module queues queues.o
cat > "$SCRATCH/queues/queues.c" <<-'END'
	#include <linux/module.h>
	#include <linux/workqueue.h>
	static struct workqueue_struct *queues[64];
	static void queues_free(void)
	{
		int i;
		for (i = 0; i < ARRAY_SIZE(queues); i++)
			if (queues[i])
				destroy_workqueue(queues[i]);
	}
	static int __init queues_init(void)
	{
		int i;
		for (i = 0; i < ARRAY_SIZE(queues); i++) {
			queues[i] = alloc_workqueue("queues", WQ_UNBOUND, 0);
			if (queues[i])
				continue;
			queues_free();
			return -ENOMEM;
		}
		return 0;
	}
	module_init(queues_init);
	module_exit(queues_free);
	MODULE_LICENSE("GPL");
	END
check "memory that the kernel frees later is not lost" exits 0 "$vet" --only V1 --only V9 --json "$SCRATCH/queues.json" "$SCRATCH/queues"
check "the kernel had complained" grep -q 'allocated at module unload' <(jq -r '.cells[].experiments[].transcript' "$SCRATCH/queues.json")

# V6 tries only as many things as fit into the guest's memory.
module things things.o
cat > "$SCRATCH/things/things.c" <<-'END'
	#include <linux/module.h>
	#include <linux/slab.h>
	static LIST_HEAD(things);
	static int number = 1;
	module_param(number, int, 0444);
	static int fussy;
	module_param(fussy, int, 0444);
	static bool stays;
	module_param(stays, bool, 0444);
	struct thing {
		struct list_head list;
		char content[100000];
	};
	static void things_free(void)
	{
		struct thing *thing, *next;
		list_for_each_entry_safe(thing, next, &things, list)
			kfree(thing);
	}
	static int __init things_init(void)
	{
		int i;
		WARN_ON(fussy == 1);
		if (stays)
			__module_get(THIS_MODULE);
		for (i = 0; i < number; i++) {
			struct thing *thing = kmalloc(sizeof(*thing), GFP_KERNEL);
			if (!thing) {
				things_free();
				return -ENOMEM;
			}
			list_add(&thing->list, &things);
		}
		return 0;
	}
	static void __exit things_exit(void)
	{
		things_free();
	}
	module_init(things_init);
	module_exit(things_exit);
	MODULE_DESCRIPTION("Module that makes as many things as it is told to");
	MODULE_LICENSE("GPL");
END
check "a value that the kernel warns of fails, and no other" refuses 1 "V6 things: 1 of" \
	"$vet" --only V6 --json "$SCRATCH/things.json" "$SCRATCH/things"
left_out() { jq -r '.cells[].experiments[] | select(.title == "left out").transcript' "$SCRATCH/things.json"; }
check "it is named" said "V6:things:fussy=1"
check "more than there is memory for are left out" grep -q '^number=2147483647: the guest has memory for [0-9]* of what number is the number of' <(left_out)
titles() { jq -r '.cells[].experiments[].title' "$SCRATCH/things.json"; }
check "those that fit are tried" grep -qx 'V6:things:number=256' <(titles)
check "and those that do not are not" not grep -qx 'V6:things:number=32768' <(titles)
check "a value with which it cannot be unloaded is left out" grep -q '^stays=y: it stays loaded' <(left_out)
check "the values after that are tried" grep -qx 'V6:things:stays=N' <(titles)

# V2 makes an allocation in a loop fail three times.
check "ten allocations with the same callers: holds" \
	exits 0 "$vet" --only V2 --parameters number=10 --json "$SCRATCH/things.json" "$SCRATCH/things"
check "three of them are tried" test "$(titles | grep -c '^V2:')" = 3
check "the others are left out" grep -q '^more: 7 more allocations with the same callers as three others' <(left_out)

# Its init function works without the memory, which it asks for where nobody may sleep.
module copes copes.o
cat > "$SCRATCH/copes/copes.c" <<-'END'
	#include <linux/fs.h>
	#include <linux/miscdevice.h>
	#include <linux/module.h>
	#include <linux/rcupdate.h>
	#include <linux/slab.h>
	static void *memory;
	static const struct file_operations copes_operations = { .owner = THIS_MODULE };
	static struct miscdevice copes_device = { MISC_DYNAMIC_MINOR, "copes", &copes_operations };
	static int __init copes_init(void)
	{
		int error = misc_register(&copes_device);
		if (error)
			return error;
		rcu_read_lock();
		memory = kmalloc(100, GFP_ATOMIC);
		rcu_read_unlock();
		return 0;
	}
	static void __exit copes_exit(void)
	{
		misc_deregister(&copes_device);
		kfree(memory);
	}
	module_init(copes_init);
	module_exit(copes_exit);
	MODULE_DESCRIPTION("Module that copes without memory");
	MODULE_LICENSE("GPL");
END
check "a module that copes with a failure while its file is open: holds" \
	exits 0 "$vet" --only V5 --json "$SCRATCH/copes.json" "$SCRATCH/copes"
check "that failure was tried" grep -q 'kmalloc' <(jq -r '.cells[].experiments[] | select(.state == "holds").title' "$SCRATCH/copes.json")

check "a bad time limit" refuses 2 "--timeout needs a number of seconds" "$vet" --timeout 0 "$SCRATCH/hangs"

# The test finds vet's processes by their session, so that it does not count those of other runs.
setsid "$vet" --only V1 --permanent hangs "$SCRATCH/hangs" > "$SCRATCH/output" 2>&1 &
vetting=$!
for (( i = 0; i < 600; i++ )); do
	pgrep -s "$vetting" qemu-system > /dev/null && break
	sleep 0.1
done
check "its guest runs" test "$i" -lt 600
scratch=$(pgrep -s "$vetting" -af -- --overlay | grep -o "$CACHE/vet/run\.[^/]*" | head -n 1)
check "it has a directory" test -d "$scratch"
kill "$vetting"
status=0
wait "$vetting" || status=$?
check "vet is killed: its status says so" test "$status" = 143
# The processes that it ends take a moment.
for (( i = 0; i < 50; i++ )); do
	pgrep -s "$vetting" > /dev/null || break
	sleep 0.1
done
check "none of its processes is left" not pgrep -s "$vetting"
check "nor its directory" test ! -e "$scratch"

check "all of them, mended: hold" exits 0 "$vet" "${mended[@]}"
tap_end
