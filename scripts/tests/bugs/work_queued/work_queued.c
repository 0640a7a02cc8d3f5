// SPDX-License-Identifier: GPL-2.0-only
/*
 * Delayed work is still queued when the module is unloaded.
 *
 * Source: stackoverflow.com, "Linux Kernel Module - Delayed workqueue make the kernel crashed".
 */

#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/workqueue.h>

static void bug_do(struct work_struct *work)
{
}

static DECLARE_DELAYED_WORK(bug_work, bug_do);

static int __init bug_init(void)
{
	schedule_delayed_work(&bug_work, HZ);

	return 0;
}

static void __exit bug_exit(void)
{
#ifdef MENDED
	cancel_delayed_work_sync(&bug_work);
#endif
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_DESCRIPTION("Module with work that is queued after exit");
MODULE_LICENSE("GPL");
