// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records modules coming and going, for user space to read from /dev/hi.
 *
 * The driver is a model of loading and unloading a module. Init takes three
 * steps, in the only order that is safe: the log must be there before the
 * notifier writes to it, and the device comes last, since it lets user space in.
 * A step that fails is answered by undoing those before it, the last one first;
 * exit undoes all three in that order.
 *
 * The code of hi_init() is needed once: marked __init, its memory is given back
 * when the module is live, or at the end of boot when it is built in. The code of
 * hi_exit() is needed only where a module can be unloaded: marked __exit, it is
 * dropped elsewhere. What both call, like hi_log_free(), must be neither.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/poll.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "hi_log.h"

static unsigned int depth = 256;
module_param(depth, uint, 0444);
MODULE_PARM_DESC(depth, "Events that the log holds, 1 to 65536 (default: 256)");

static int init_return;
module_param(init_return, int, 0444);
MODULE_PARM_DESC(init_return, "What init returns in the end; if negative, it undoes all first (default: 0)");

static char *fail_at = "";
module_param(fail_at, charp, 0444);
MODULE_PARM_DESC(fail_at, "Step of init that fails: log, notifier or device (default: none)");

static struct hi_log hi_log;

/**
 * struct hi_reader - an open file of the device
 * @seq: the number of the event to be read next
 *
 * Several tasks may read an open file at once: @seq moves on atomically, and only
 * when the record has been handed out, so that each record goes to one of them.
 */
struct hi_reader {
	atomic64_t seq;
};

static int hi_open(struct inode *inode, struct file *file)
{
	struct hi_event oldest = { .seq = 0 };
	struct hi_reader start, *reader;

	/*
	 * User space can be here before init has returned. If init is going to
	 * fail, the code is freed, open files or not: let nobody in.
	 */
	if (init_return < 0)
		return -ENODEV;

	hi_log_read(&hi_log, 0, &oldest);
	atomic64_set(&start.seq, oldest.seq);

	reader = kmemdup(&start, sizeof(start), GFP_KERNEL);
	if (!reader)
		return -ENOMEM;
	file->private_data = reader;

	return stream_open(inode, file);
}

static int hi_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);

	return 0;
}

static ssize_t hi_read(struct file *file, char __user *buf, size_t count,
		       loff_t *ppos)
{
	struct hi_reader *reader = file->private_data;
	s64 next, seq = atomic64_read(&reader->seq);
	char record[HI_RECORD_SIZE];
	struct hi_event event;
	ssize_t ret;

	do {
		if (file->f_flags & O_NONBLOCK)
			ret = hi_log_read(&hi_log, seq, &event) ? 0 : -EAGAIN;
		else
			ret = wait_event_interruptible(hi_log.wait,
						       hi_log_read(&hi_log, seq, &event));
		if (ret)
			return ret;

		if (event.seq == seq) {
			next = seq + 1;
			ret = hi_event_print(&event, record, sizeof(record));
			if (ret > count)
				return -EINVAL;
			if (copy_to_user(buf, record, ret))
				return -EFAULT;
		} else {
			/* Overtaken: say so once, and go on with the oldest. */
			next = event.seq;
			ret = -EPIPE;
		}
		/* Another task may have read the same meanwhile: try the next. */
	} while (!atomic64_try_cmpxchg(&reader->seq, &seq, next));

	return ret;
}

static __poll_t hi_poll(struct file *file, poll_table *wait)
{
	struct hi_reader *reader = file->private_data;
	s64 seq = atomic64_read(&reader->seq);
	struct hi_event event;

	poll_wait(file, &hi_log.wait, wait);

	if (!hi_log_read(&hi_log, seq, &event))
		return 0;
	if (event.seq != seq)
		return EPOLLIN | EPOLLRDNORM | EPOLLERR | EPOLLPRI;

	return EPOLLIN | EPOLLRDNORM;
}

static const struct file_operations hi_fops = {
	.owner		= THIS_MODULE,	/* an open file keeps the module */
	.open		= hi_open,
	.release	= hi_release,
	.read		= hi_read,
	.poll		= hi_poll,
};

static struct miscdevice hi_device = {
	.minor		= MISC_DYNAMIC_MINOR,
	.name		= "hi",
	.fops		= &hi_fops,
	.mode		= 0400,
};

#ifdef CONFIG_MODULES
/* Called from whatever task loads or unloads a module; several may at once. */
static int hi_notify(struct notifier_block *nb, unsigned long state, void *data)
{
	static const char * const states[] = {
		[MODULE_STATE_LIVE]	= "live",
		[MODULE_STATE_COMING]	= "coming",
		[MODULE_STATE_GOING]	= "going",
	};
	struct module *module = data;

	if (state < ARRAY_SIZE(states))
		hi_log_add(&hi_log, states[state], module->name);

	return NOTIFY_OK;
}
#else
#define hi_notify NULL	/* no modules, no calls */
#endif

static struct notifier_block hi_notifier = {
	.notifier_call	= hi_notify,
};

static const char * const hi_steps[] __initconst = { "log", "notifier", "device" };

/* What the step is to fail with if the user wants it to, else 0. */
static int __init hi_fail(const char *step)
{
	if (strcmp(step, fail_at))
		return 0;

	return init_return < 0 ? init_return : -ENOMEM;
}

static int __init hi_init(void)
{
	int ret;

	pr_info("module being loaded\n");

	if (*fail_at && match_string(hi_steps, ARRAY_SIZE(hi_steps), fail_at) < 0) {
		pr_err("fail_at must be log, notifier or device, not %s\n", fail_at);
		return -EINVAL;
	}

	ret = hi_fail("log") ?: hi_log_init(&hi_log, depth);
	if (ret)
		return ret;
	pr_debug("log allocated\n");

	ret = hi_fail("notifier") ?: register_module_notifier(&hi_notifier);
	if (ret)
		goto free_log;
	pr_debug("notifier registered\n");

	ret = hi_fail("device") ?: misc_register(&hi_device);
	if (ret)
		goto unregister_notifier;
	pr_debug("device registered\n");

	/* As it is: that a positive value is wrong, too, is the kernel's to say. */
	ret = init_return;
	if (ret < 0)
		goto deregister_device;

	return ret;

deregister_device:
	misc_deregister(&hi_device);
	pr_debug("device deregistered\n");
unregister_notifier:
	unregister_module_notifier(&hi_notifier);
	pr_debug("notifier unregistered\n");
free_log:
	hi_log_free(&hi_log);
	pr_debug("log freed\n");
	return ret;
}

static void __exit hi_exit(void)
{
	pr_info("module being unloaded\n");

	misc_deregister(&hi_device);
	pr_debug("device deregistered\n");
	unregister_module_notifier(&hi_notifier);
	pr_debug("notifier unregistered\n");
	hi_log_free(&hi_log);
	pr_debug("log freed\n");
}

module_init(hi_init);
module_exit(hi_exit);

MODULE_AUTHOR("hi developers <hi@example.org>");
MODULE_DESCRIPTION("Records modules coming and going");
MODULE_LICENSE("GPL");
