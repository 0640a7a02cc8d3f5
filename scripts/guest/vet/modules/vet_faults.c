// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes something fail that the init function of one module does: its Nth allocation, or its Nth
 * call of a function. Watches init by kprobes, and tells what it returned.
 *
 * In /sys/kernel/debug/vet:
 *	target	written: the module's name. Forgets all probes
 *	probe	written: the name of a function. From now on its calls are counted
 *	fail	written: "alloc N MS" or "call N MS NAME VALUE", for the next load only. A pause of MS
 *		milliseconds comes first. The call returns VALUE without running. N = 0: none.
 *		Allocations are counted in a load that had "alloc" only
 *	undo	written: "NAME SAME", for the next load only: the function that undoes the call that
 *		fails. SAME is 1 if it does so only if its first argument is the same
 *	slow	written: "MS": from now on each call of init or exit that has a probe first waits until
 *		another module comes or goes, at most so many milliseconds
 *	settle	written: "1" or "0": whether each unload waits after exit, for the kernel frees some of
 *		the module's memory a little later than exit asks for it
 *	result	read: what the last load did, a line each:
 *			init RETURNED		not there if init did not run
 *			allocations N		0 if they were not counted
 *			alike N			of each allocation with the same callers as three or more
 *						before it, if nothing was made to fail
 *			call NAME N		of each function that has a probe
 *			hit			if something was made to fail
 *			undone			if init undid it nevertheless
 *			stack SYMBOL+OFFSET	its callers, innermost first
 *
 * Not counted: allocations that cannot fail (__GFP_NOFAIL), those of the kernel's debugging code
 * (see debugging[]), and what other tasks or interrupts do.
 *
 * A call is init's if it returns into the module, or, if init ended in it (a tail call), into
 * do_one_initcall().
 */

#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/jhash.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define STACK_MAX	64
#define PAUSE_MAX_MS	1000
#define SLOW_MIN_MS	10
#define SETTLE_MS	500
#define CALLERS_MAX	8192
#define ALIKE_MAX	3

struct call {
	struct list_head list;
	struct kprobe probe;
	char name[KSYM_NAME_LEN];
	int count;
};

/**
 * struct allocator - a function through which all allocations of one kind go
 * @probe: on the function
 * @flags: which of its arguments is a gfp_t, from 0
 * @failure: what it returns when the allocation fails
 */
struct allocator {
	struct kprobe probe;
	unsigned int flags;
	long failure;
};

static struct dentry *directory;
static DEFINE_MUTEX(lock);		/* one writer or reader of the files at a time */
static LIST_HEAD(calls);

static char target[MODULE_NAME_LEN];
static struct module *module;		/* the target, while the kernel loads it */
static struct module *loaded;		/* the target, from then on until it is unloaded */
static struct task_struct *task;	/* runs the init function */

/* What is to fail. */
static bool is_allocation;
static char call_name[KSYM_NAME_LEN];
static int nth, pause_ms;
static long value;

/* What would undo it, and whether its first argument must be the same. */
static char undo_name[KSYM_NAME_LEN];
static int undo_same;

/* How long the calls of init and exit wait first, the task that does so now, and what it calls then. */
static int slow_ms;
static struct task_struct *slowed;
static unsigned long slowed_function;
static DECLARE_WAIT_QUEUE_HEAD(other_module);
static int other_events;		/* how often another module came or went */

static bool settle;			/* whether unloads wait */

/* What happened. */
static bool returned, hit, undone;
static unsigned long hit_argument;
static int init_returned, allocations;
static u32 callers[CALLERS_MAX];	/* a hash of the callers of each allocation */
static unsigned long stack[STACK_MAX];
static long failure;			/* what fail_now() returns */
static unsigned int stack_from, stack_depth;
static char stack_text[8192];		/* the kernel forgets the names when the load has failed */

static unsigned long returns_to(struct pt_regs *regs)
{
#ifdef CONFIG_X86_64
	return *(unsigned long *)regs->sp;
#else
	return regs->regs[30];
#endif
}

/*
 * Whether this task may sleep. A probe's handler must not: interrupts are off while it runs, and all
 * tasks that need this processor would wait. A task that is about to wait for something must not either,
 * because a sleep changes its state.
 */
static bool may_sleep(void)
{
	return preemptible() && !rcu_preempt_depth() && task_is_running(current);
}

/* --- making a function fail ----------------------------------------------------------- */

/* Runs in place of the function that fails: its caller called it, and gets its value. */
static noinline long fail_now(void)
{
	if (pause_ms && may_sleep())
		msleep(pause_ms);

	return failure;
}

/* The value is what a probe's handler returns then. */
static int fail_instead(struct pt_regs *regs, long with)
{
	failure = with;
	instruction_pointer_set(regs, (unsigned long)fail_now);

	return 1;
}

/* A probe that the kernel replaced by a jump could not return elsewhere. This prevents it. */
static void after(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

/* --- making a function slow ----------------------------------------------------------- */

/* Calls slow_down() and jumps to the function. Its arguments and its return address are as they were. */
asmlinkage void slow_now(void);
asmlinkage unsigned long slow_down(void);

/*
 * Returns where slow_now() jumps to. Tasks that open files need SLOW_MIN_MS. A notifier of modules is
 * called when another module comes or goes, and on a busy machine that takes longer.
 */
asmlinkage __visible unsigned long slow_down(void)
{
	int seen = READ_ONCE(other_events);

	if (may_sleep()) {
		msleep(SLOW_MIN_MS);
		wait_event_timeout(other_module, READ_ONCE(other_events) != seen, msecs_to_jiffies(slow_ms));
	}

	return slowed_function;
}

asm(".pushsection .text\n"
    ".type slow_now, @function\n"
    "slow_now:\n"
#ifdef CONFIG_X86_64
    ASM_ENDBR
    "	pushq %rbp\n"
    "	movq %rsp, %rbp\n"
    "	pushq %rdi\n"
    "	pushq %rsi\n"
    "	pushq %rdx\n"
    "	pushq %rcx\n"
    "	pushq %r8\n"
    "	pushq %r9\n"
    "	pushq %rax\n"			/* how many vector registers hold variable arguments */
    "	call slow_down\n"
    "	movq %rax, %r11\n"
    "	popq %rax\n"
    "	popq %r9\n"
    "	popq %r8\n"
    "	popq %rcx\n"
    "	popq %rdx\n"
    "	popq %rsi\n"
    "	popq %rdi\n"
    "	popq %rbp\n"
    ANNOTATE_RETPOLINE_SAFE
    "	jmp *%r11\n"
    "	int3\n"
#else
    "	stp x29, x30, [sp, #-96]!\n"
    "	mov x29, sp\n"
    "	stp x0, x1, [sp, #16]\n"
    "	stp x2, x3, [sp, #32]\n"
    "	stp x4, x5, [sp, #48]\n"
    "	stp x6, x7, [sp, #64]\n"
    "	str x8, [sp, #80]\n"		/* where a structure is returned to */
    "	bl slow_down\n"
    "	mov x16, x0\n"
    "	ldr x8, [sp, #80]\n"
    "	ldp x6, x7, [sp, #64]\n"
    "	ldp x4, x5, [sp, #48]\n"
    "	ldp x2, x3, [sp, #32]\n"
    "	ldp x0, x1, [sp, #16]\n"
    "	ldp x29, x30, [sp], #96\n"
    "	br x16\n"
#endif
    ".size slow_now, . - slow_now\n"
    ".popsection\n");

/*
 * After the wait slow_now() jumps to the function, and the probe's handler runs a second time. Only one
 * task waits at a time: the calls of other tasks are not slowed down. Returns what the handler must return.
 */
static int slow_first(struct kprobe *probe, struct pt_regs *regs)
{
	struct task_struct *nobody = NULL;

	if (READ_ONCE(slowed) == current) {
		WRITE_ONCE(slowed, NULL);
		return 0;
	}
	if (!slow_ms || !try_cmpxchg(&slowed, &nobody, current))
		return 0;
	slowed_function = (unsigned long)probe->addr;
	instruction_pointer_set(regs, (unsigned long)slow_now);

	return 1;
}

/* --- what counts --------------------------------------------------------------------- */

/* A probe's handler runs like an NMI, which counts as a hardware interrupt, too. */
static bool in_a_task(void)
{
	unsigned long interrupts = hardirq_count() - (in_nmi() ? HARDIRQ_OFFSET : 0);

	return !interrupts && !in_serving_softirq();
}

static bool in_init(void)
{
	return READ_ONCE(task) == current && in_a_task();
}

/* These allocate for themselves within an allocation, and switch themselves off when that fails. */
static const char * const debugging[] = {
	"kmemleak_", "__kmemleak_", "stack_depot_", "kasan_", "debug_object", "__debug_object",
	"alloc_slab_obj_exts", "__alloc_tagging_",
};

static bool is_debugging(unsigned long address)
{
	char symbol[KSYM_SYMBOL_LEN];
	size_t i;

	sprint_symbol(symbol, address);
	for (i = 0; i < ARRAY_SIZE(debugging); i++)
		if (strstarts(symbol, debugging[i]))
			return true;

	return false;
}

/* Fills the stack with the callers of the function that has the probe. */
static void save_stack(struct kprobe *probe)
{
	unsigned int i;

	stack_depth = stack_trace_save(stack, STACK_MAX, 0);
	stack_from = 0;
	for (i = 0; i < stack_depth; i++)
		if (stack[i] - (unsigned long)probe->addr <= 8)
			stack_from = i + 1;
}

/* FROM is where the call returns to: at the start of some functions the stack cannot be walked. */
static void note_hit(unsigned long from)
{
	size_t length = 0;
	unsigned int i;

	if (from && (stack_from >= stack_depth || stack[stack_from] != from)) {
		stack[0] = from;
		stack_from = 0;
		stack_depth = 1;
	}

	/* For the console: if the kernel dies of it, nobody reads the result. */
	if (is_allocation)
		pr_warn("vet_faults: allocation %d fails, from", nth);
	else
		pr_warn("vet_faults: call %d of %s() fails, from", nth, call_name);
	for (i = stack_from; i < stack_depth; i++)
		if (within_module(stack[i], module))
			pr_cont(" %pS", (void *)stack[i]);
	pr_cont("\n");
	for (i = stack_from; i < stack_depth; i++)
		length += scnprintf(stack_text + length, sizeof(stack_text) - length, "stack %pS\n", (void *)stack[i]);
	hit = true;
}

static bool is_for_debugging(void)
{
	unsigned int i;

	for (i = stack_from; i < stack_depth && i < stack_from + 12; i++)
		if (is_debugging(stack[i]))
			return true;

	return false;
}

static int before_allocation(struct kprobe *probe, struct pt_regs *regs)
{
	struct allocator *allocator = container_of(probe, struct allocator, probe);
	gfp_t flags = regs_get_kernel_argument(regs, allocator->flags);

	if (!in_init() || flags & __GFP_NOFAIL || hit)
		return 0;
	save_stack(probe);
	if (is_for_debugging())
		return 0;
	if (allocations < CALLERS_MAX)
		callers[allocations] = jhash(stack + stack_from, (stack_depth - stack_from) * sizeof(*stack), 0);
	allocations++;
	if (allocations != nth)
		return 0;
	note_hit(0);

	return fail_instead(regs, allocator->failure);
}

/*
 * The probes of allocations cost all of the kernel time, so they are on only during a load that counts
 * them. Switching them changes code that all processors run. Debian's 6.12 died of that in QEMU 7.2,
 * while tasks opened files.
 */
#define ALLOCATOR(NAME, FLAGS, FAILURE) {					\
	.probe = {								\
		.symbol_name = NAME, .pre_handler = before_allocation,		\
		.post_handler = after, .flags = KPROBE_FLAG_DISABLED,		\
	},									\
	.flags = FLAGS, .failure = FAILURE,					\
}

/*
 * Each allocation asks one of these whether it is to fail. Of kernels without CONFIG_FAULT_INJECTION, 6.1
 * has them, and 6.12 has not.
 */
static struct allocator gates[] = {
	ALLOCATOR("should_failslab", 1, -ENOMEM),
	ALLOCATOR("should_fail_alloc_page", 0, true),
};

/* Arguments before the flags that only some configurations have. */
#define BUCKETS IS_ENABLED(CONFIG_SLAB_BUCKETS)
#define TOKEN IS_ENABLED(CONFIG_KMALLOC_PARTITION_CACHES)

/* Functions that allocate: these fail in kernels without gates. No kernel has all of them. */
static struct allocator functions[] = {
	ALLOCATOR("kmem_cache_alloc_noprof", 1, 0),
	ALLOCATOR("kmem_cache_alloc_lru_noprof", 2, 0),
	ALLOCATOR("kmem_cache_alloc_node_noprof", 1, 0),
	ALLOCATOR("kmem_cache_alloc_bulk_noprof", 1, 0),
	ALLOCATOR("__kmalloc_noprof", 1 + TOKEN, 0),
	ALLOCATOR("__kmalloc_node_noprof", 1 + BUCKETS + TOKEN, 0),
	ALLOCATOR("__kmalloc_node_track_caller_noprof", 1 + BUCKETS + TOKEN, 0),
	ALLOCATOR("__kmalloc_cache_noprof", 1, 0),
	ALLOCATOR("__kmalloc_cache_node_noprof", 1, 0),
	ALLOCATOR("__kmalloc_large_noprof", 1, 0),
	ALLOCATOR("__kmalloc_large_node_noprof", 1, 0),
	ALLOCATOR("__alloc_pages_noprof", 0, 0),
	ALLOCATOR("__alloc_frozen_pages_noprof", 0, 0),
};

/* Those that this kernel has. */
static struct kprobe *allocators[ARRAY_SIZE(functions)];
static int allocator_count;

static int add_allocators(struct allocator *table, size_t count)
{
	size_t i;
	int ret;

	for (i = 0; i < count; i++) {
		ret = register_kprobe(&table[i].probe);
		if (!ret)
			allocators[allocator_count++] = &table[i].probe;
		else if (ret != -ENOENT)
			return ret;
	}

	return allocator_count ? 0 : -ENOENT;
}

static bool is_tail_call(unsigned long address)
{
	char symbol[KSYM_SYMBOL_LEN];

	sprint_symbol(symbol, address);

	return strstarts(symbol, "do_one_initcall+");
}

static bool in_exit(unsigned long from)
{
	struct module *one = READ_ONCE(loaded);

	return one && one->state == MODULE_STATE_GOING && within_module(from, one) && in_a_task();
}

static int before_call(struct kprobe *probe, struct pt_regs *regs)
{
	struct call *call = container_of(probe, struct call, probe);
	unsigned long from = returns_to(regs), argument = regs_get_kernel_argument(regs, 0);
	bool is_init = in_init() && (within_module(from, module) || is_tail_call(from));

	if ((is_init || in_exit(from)) && slow_first(probe, regs))
		return 1;
	if (!is_init)
		return 0;
	if (hit) {
		if (!strcmp(call->name, undo_name) && (!undo_same || argument == hit_argument))
			undone = true;
		return 0;
	}
	call->count++;
	if (call->count != nth || strcmp(call->name, call_name))
		return 0;
	save_stack(probe);
	note_hit(from);
	hit_argument = argument;

	return fail_instead(regs, value);
}

/* --- init ------------------------------------------------------------------------------ */

/* int do_one_initcall(initcall_t fn) */
static int enter_init(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	if (!module || task || !within_module(regs_get_kernel_argument(regs, 0), module))
		return 1;
	WRITE_ONCE(task, current);

	return 0;
}

static int leave_init(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	WRITE_ONCE(task, NULL);
	init_returned = regs_return_value(regs);
	returned = true;

	return 0;
}

static struct kretprobe init_probe = {
	.kp.symbol_name	= "do_one_initcall",
	.entry_handler	= enter_init,
	.handler	= leave_init,
	.maxactive	= 8,
};

static void forget_fault(void)
{
	is_allocation = false;
	nth = 0;
	undo_name[0] = '\0';
}

static void forget_result(void)
{
	struct call *call;

	returned = hit = undone = false;
	allocations = 0;
	stack_text[0] = '\0';
	list_for_each_entry(call, &calls, list)
		call->count = 0;
}

static int notify(struct notifier_block *nb, unsigned long state, void *data)
{
	struct module *one = data;
	int i;

	if (strcmp(one->name, target)) {
		WRITE_ONCE(other_events, other_events + 1);
		wake_up(&other_module);
		return NOTIFY_DONE;
	}
	if (state == MODULE_STATE_COMING) {
		forget_result();
		module = one;
		for (i = 0; is_allocation && i < allocator_count; i++)
			enable_kprobe(allocators[i]);
	} else {
		loaded = state == MODULE_STATE_LIVE ? one : NULL;
		for (i = 0; is_allocation && i < allocator_count; i++)
			disable_kprobe(allocators[i]);
		module = NULL;
		forget_fault();
	}
	if (state == MODULE_STATE_GOING && settle) {
		/* A thread releases a workqueue, and RCU frees it after a grace period. */
		rcu_barrier();
		msleep(SETTLE_MS);
		rcu_barrier();
	}

	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call	= notify,
	.priority	= INT_MAX,	/* before the module's own code can run in a notifier */
};

/* --- files ----------------------------------------------------------------------------- */

static void forget_probes(void)
{
	struct call *call, *next;

	list_for_each_entry_safe(call, next, &calls, list) {
		unregister_kprobe(&call->probe);
		list_del(&call->list);
		kfree(call);
	}
}

static int set_target(char *text)
{
	forget_probes();
	forget_result();
	forget_fault();
	slow_ms = 0;
	strscpy(target, text, sizeof(target));

	return 0;
}

static int add_probe(char *text)
{
	struct call *call = kzalloc(sizeof(*call), GFP_KERNEL);
	int ret;

	if (!call)
		return -ENOMEM;
	strscpy(call->name, text, sizeof(call->name));
	call->probe.symbol_name = call->name;
	call->probe.pre_handler = before_call;
	call->probe.post_handler = after;
	ret = register_kprobe(&call->probe);
	if (ret) {
		kfree(call);
		return ret;
	}
	list_add_tail(&call->list, &calls);

	return 0;
}

static int set_fail(char *text)
{
	/* 127 characters, the longest name that fits a line here. */
	char name[128] = "";
	long with = 0;
	int n, ms;

	if (sscanf(text, "alloc %d %d", &n, &ms) != 2 &&
	    sscanf(text, "call %d %d %127s %ld", &n, &ms, name, &with) != 4)
		return -EINVAL;
	if (n < 0 || ms < 0 || ms > PAUSE_MAX_MS)
		return -EINVAL;
	strscpy(call_name, name, sizeof(call_name));
	is_allocation = !*name;
	value = with;
	pause_ms = ms;
	nth = n;

	return 0;
}

static int set_undo(char *text)
{
	char name[128];
	int same;

	if (sscanf(text, "%127s %d", name, &same) != 2)
		return -EINVAL;
	strscpy(undo_name, name, sizeof(undo_name));
	undo_same = same;

	return 0;
}

static int set_slow(char *text)
{
	int ms;

	if (kstrtoint(text, 10, &ms) || ms < 0 || ms > PAUSE_MAX_MS)
		return -EINVAL;
	slow_ms = ms;

	return 0;
}

static int set_settle(char *text)
{
	return kstrtobool(text, &settle);
}

/* A write is one line; the file's private data is what handles it. */
static ssize_t write_line(struct file *file, const char __user *buffer, size_t size, loff_t *offset)
{
	int (*handle)(char *text) = file_inode(file)->i_private;
	char text[256];
	int ret;

	if (size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buffer, size))
		return -EFAULT;
	text[size] = '\0';
	mutex_lock(&lock);
	ret = handle(strim(text));
	mutex_unlock(&lock);

	return ret ?: size;
}

static const struct file_operations line_fops = {
	.owner	= THIS_MODULE,
	.open	= simple_open,
	.write	= write_line,
};

static bool is_alike(int n)
{
	int i, count = 0;

	for (i = 0; i < n && count < ALIKE_MAX; i++)
		count += callers[i] == callers[n];

	return count == ALIKE_MAX;
}

static int result_show(struct seq_file *file, void *data)
{
	struct call *call;
	int i;

	mutex_lock(&lock);
	if (returned)
		seq_printf(file, "init %d\n", init_returned);
	seq_printf(file, "allocations %d\n", allocations);
	for (i = 0; !hit && i < min(allocations, CALLERS_MAX); i++)
		if (is_alike(i))
			seq_printf(file, "alike %d\n", i + 1);
	list_for_each_entry(call, &calls, list)
		seq_printf(file, "call %s %d\n", call->name, call->count);
	if (hit)
		seq_printf(file, "hit\n%s%s", undone ? "undone\n" : "", stack_text);
	mutex_unlock(&lock);

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(result);

/* ----------------------------------------------------------------------------------------- */

static int __init vet_faults_init(void)
{
	int ret;

	ret = add_allocators(gates, ARRAY_SIZE(gates));
	if (ret == -ENOENT)
		ret = add_allocators(functions, ARRAY_SIZE(functions));
	if (ret)
		goto err_allocators;
	ret = register_kretprobe(&init_probe);
	if (ret)
		goto err_allocators;
	ret = register_module_notifier(&notifier);
	if (ret)
		goto err_init_probe;

	directory = debugfs_create_dir("vet", NULL);
	debugfs_create_file("target", 0200, directory, set_target, &line_fops);
	debugfs_create_file("probe", 0200, directory, add_probe, &line_fops);
	debugfs_create_file("fail", 0200, directory, set_fail, &line_fops);
	debugfs_create_file("undo", 0200, directory, set_undo, &line_fops);
	debugfs_create_file("slow", 0200, directory, set_slow, &line_fops);
	debugfs_create_file("settle", 0200, directory, set_settle, &line_fops);
	debugfs_create_file("result", 0400, directory, NULL, &result_fops);

	return 0;

err_init_probe:
	unregister_kretprobe(&init_probe);
err_allocators:
	unregister_kprobes(allocators, allocator_count);
	return ret;
}

static void __exit vet_faults_exit(void)
{
	debugfs_remove(directory);
	unregister_module_notifier(&notifier);
	unregister_kretprobe(&init_probe);
	unregister_kprobes(allocators, allocator_count);
	forget_probes();
}

module_init(vet_faults_init);
module_exit(vet_faults_exit);

MODULE_DESCRIPTION("Makes what a module's init function does fail");
MODULE_LICENSE("GPL");
