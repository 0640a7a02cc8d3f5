// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device is published before a step that can fail: somebody may be inside when the code is
 * freed.
 *
 * Source: Linux 7.3, drivers/block/null_blk/main.c, null_init(), which adds disks and then registers with
 * configfs.
 */

#include <linux/fs.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/notifier.h>

static ssize_t bug_read(struct file *file, char __user *buffer, size_t size, loff_t *offset)
{
	return 0;
}

static const struct file_operations bug_fops = {
	.owner	= THIS_MODULE,
	.read	= bug_read,
};

static struct miscdevice bug_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "published_first",
	.fops	= &bug_fops,
};

static int bug_notify(struct notifier_block *nb, unsigned long state, void *data)
{
	return NOTIFY_DONE;
}

static struct notifier_block bug_notifier = { .notifier_call = bug_notify };

static int __init bug_init(void)
{
	int ret;

#ifdef MENDED
	ret = register_module_notifier(&bug_notifier);
	if (ret)
		return ret;
	ret = misc_register(&bug_device);
	if (ret)
		unregister_module_notifier(&bug_notifier);
#else
	ret = misc_register(&bug_device);
	if (ret)
		return ret;
	ret = register_module_notifier(&bug_notifier);
	if (ret)
		misc_deregister(&bug_device);
#endif

	return ret;
}

static void __exit bug_exit(void)
{
	misc_deregister(&bug_device);
	unregister_module_notifier(&bug_notifier);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_DESCRIPTION("Module that publishes a device before a step that can fail");
MODULE_LICENSE("GPL");
