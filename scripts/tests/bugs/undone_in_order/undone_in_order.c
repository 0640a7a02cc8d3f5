// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exit undoes in the order of init: it frees the memory that the device still uses.
 *
 * Source: drivers/misc/hi, scripts/mutants/exit-in-order-of-init.patch; Linux Device Drivers, 3rd edition,
 * chapter 2, warns of it.
 */

#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

static char *bug_memory;
static struct task_struct *bug_thread;

static int bug_use(void *data)
{
	while (!kthread_should_stop()) {
		WRITE_ONCE(*bug_memory, 1);
		usleep_range(100, 200);
	}

	return 0;
}

static int __init bug_init(void)
{
	bug_memory = kzalloc(100, GFP_KERNEL);
	if (!bug_memory)
		return -ENOMEM;
	bug_thread = kthread_run(bug_use, NULL, "undone_in_order");
	if (IS_ERR(bug_thread)) {
		kfree(bug_memory);
		return PTR_ERR(bug_thread);
	}

	return 0;
}

static void __exit bug_exit(void)
{
#ifdef MENDED
	kthread_stop(bug_thread);
	kfree(bug_memory);
#else
	kfree(bug_memory);
	msleep(20);
	kthread_stop(bug_thread);
#endif
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_DESCRIPTION("Module that undoes in the order of init");
MODULE_LICENSE("GPL");
