// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nothing keeps the module loaded while its device is open: the owner is missing.
 *
 * Source: commit dea6e19f4ef7 ("tap: reference to KVA of an unloaded module causes kernel panic"): the
 * cdev had no owner.
 */

#include <linux/fs.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static ssize_t bug_read(struct file *file, char __user *buffer, size_t size, loff_t *offset)
{
	return 0;
}

static const struct file_operations bug_fops = {
#ifdef MENDED
	.owner	= THIS_MODULE,
#endif
	.read	= bug_read,
};

static struct miscdevice bug_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "no_owner",
	.fops	= &bug_fops,
};

static int __init bug_init(void)
{
	return misc_register(&bug_device);
}

static void __exit bug_exit(void)
{
	misc_deregister(&bug_device);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_DESCRIPTION("Module whose device has no owner");
MODULE_LICENSE("GPL");
