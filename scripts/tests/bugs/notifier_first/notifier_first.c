// SPDX-License-Identifier: GPL-2.0-only
/*
 * Init registers the notifier before it allocates the data that the notifier uses.
 *
 * Source: commit 16c09b1c7657 ("rds: tcp: Reorder initialization sequence in rds_tcp_init to avoid
 * races"): NULL was used in rds_tcp_kill_sock().
 */

#include <linux/init.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/slab.h>

static int *bug_count;

/* The kernel calls this for each network device that is there already. */
static int bug_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	++*bug_count;

	return NOTIFY_DONE;
}

static struct notifier_block bug_notifier = { .notifier_call = bug_notify };

static int __init bug_init(void)
{
	int ret;

#ifdef MENDED
	bug_count = kzalloc(sizeof(*bug_count), GFP_KERNEL);
	if (!bug_count)
		return -ENOMEM;
#endif
	ret = register_netdevice_notifier(&bug_notifier);
#ifdef MENDED
	if (ret)
		kfree(bug_count);
#else
	if (!ret)
		bug_count = kzalloc(sizeof(*bug_count), GFP_KERNEL);
#endif

	return ret;
}

static void __exit bug_exit(void)
{
	unregister_netdevice_notifier(&bug_notifier);
	kfree(bug_count);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_DESCRIPTION("Module that registers a notifier before its data");
MODULE_LICENSE("GPL");
