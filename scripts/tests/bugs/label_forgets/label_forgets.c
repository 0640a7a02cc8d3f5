// SPDX-License-Identifier: GPL-2.0-only
/*
 * A label of init's failure path forgets the notifier, which stays registered.
 *
 * Source: commit 99600f79b28c ("mpls: add missing unregister_netdevice_notifier to mpls_init").
 */

#include <linux/init.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/slab.h>

static void *bug_memory;

static int bug_notify(struct notifier_block *nb, unsigned long state, void *data)
{
	return NOTIFY_DONE;
}

static struct notifier_block bug_notifier = { .notifier_call = bug_notify };

static int __init bug_init(void)
{
	int ret;

	ret = register_module_notifier(&bug_notifier);
	if (ret)
		return ret;

	bug_memory = kmalloc(100, GFP_KERNEL);
	if (!bug_memory) {
#ifdef MENDED
		unregister_module_notifier(&bug_notifier);
#endif
		return -ENOMEM;
	}

	return 0;
}

static void __exit bug_exit(void)
{
	kfree(bug_memory);
	unregister_module_notifier(&bug_notifier);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_DESCRIPTION("Module whose init function forgets a notifier when it fails");
MODULE_LICENSE("GPL");
