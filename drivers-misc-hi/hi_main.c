// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records when modules are loaded and unloaded, and lets user space read the
 * record from /dev/hi.
 *
 * The driver is a model of loading and unloading a module. Init takes three
 * steps, and their order matters: the notifier writes to the log, and user space
 * reads the log through the device. The device comes last. From misc_register()
 * on, user space can call this code. So everything must be ready by then, and
 * nothing may fail afterwards: the kernel frees the code of a module whose init
 * fails, even while user space runs it.
 *
 * If a step fails, init undoes the steps before it in reverse order. Exit undoes
 * all three in the same order.
 *
 * The kernel runs hi_init() once. The function is marked __init, and the kernel
 * frees its memory when the module is live, or at the end of boot when the driver
 * is built in. The kernel runs hi_exit() only where it can unload modules. The
 * function is marked __exit, and it is dropped elsewhere. Both call hi_log_free(),
 * which can have neither mark.
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
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "hi_log.h"

static unsigned int depth = 256;
module_param(depth, uint, 0444);
MODULE_PARM_DESC(depth, "Number of events that the log holds, 1 to 65536 (default: 256)");

static struct hi_log hi_log;

/**
 * struct hi_reader - an open file of the device
 * @seq: number of the event that is read next
 *
 * Several tasks may read an open file at the same time. @seq advances atomically,
 * and only after the record was copied out, so that each record goes to one task.
 */
struct hi_reader {
	atomic64_t seq;
};

static int hi_open(struct inode *inode, struct file *file)
{
	struct hi_event oldest = { .seq = 0 };
	struct hi_reader *reader;
	int ret;

	reader = kcalloc(1, sizeof(*reader), GFP_KERNEL);
	if (!reader)
		return -ENOMEM;

	/* An empty log leaves the number at 0, which the first event will have. */
	hi_log_read(&hi_log, 0, &oldest);
	atomic64_set(&reader->seq, oldest.seq);

	ret = stream_open(inode, file);
	if (ret) {
		kfree(reader);
		return ret;
	}
	file->private_data = reader;

	return 0;
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
			/* The event was overwritten. Say so once, go on with the oldest. */
			next = event.seq;
			ret = -EPIPE;
		}
		/* If another task has read the same event meanwhile, try the next. */
	} while (!atomic64_try_cmpxchg(&reader->seq, &seq, next));

	return ret;
}

static __poll_t hi_poll(struct file *file, poll_table *wait)
{
	struct hi_reader *reader = file->private_data;
	struct hi_event event;
	s64 seq;

	poll_wait(file, &hi_log.wait, wait);

	seq = atomic64_read(&reader->seq);
	if (!hi_log_read(&hi_log, seq, &event))
		return 0;
	if (event.seq != seq)
		return EPOLLIN | EPOLLRDNORM | EPOLLERR | EPOLLPRI;

	return EPOLLIN | EPOLLRDNORM;
}

static const struct file_operations hi_fops = {
	.owner		= THIS_MODULE,	/* an open file keeps the module loaded */
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

/* The task that loads or unloads a module calls this. Several tasks may at once. */
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

	return NOTIFY_DONE;
}

static struct notifier_block hi_notifier = {
	.notifier_call	= hi_notify,
};

static int __init hi_init(void)
{
	int ret;

	pr_info("module being loaded\n");

	ret = hi_log_init(&hi_log, depth);
	if (ret)
		return ret;
	pr_debug("log allocated\n");

	ret = register_module_notifier(&hi_notifier);
	if (ret)
		goto err_free_log;
	pr_debug("notifier registered\n");

	ret = misc_register(&hi_device);
	if (ret)
		goto err_unregister_notifier;
	pr_debug("device registered\n");

	return 0;

err_unregister_notifier:
	unregister_module_notifier(&hi_notifier);
	pr_debug("notifier unregistered\n");
err_free_log:
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
MODULE_DESCRIPTION("Records when modules are loaded and unloaded");
MODULE_LICENSE("GPL");
