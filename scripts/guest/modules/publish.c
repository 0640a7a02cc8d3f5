// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module with a step that fails and a step that publishes a device, in either order. Nobody
 * may be inside when the kernel frees the code of a module whose init function failed.
 */

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static bool first;
module_param(first, bool, 0);
MODULE_PARM_DESC(first, "Publish the device before the step that can fail");

static bool good;
module_param(good, bool, 0);
MODULE_PARM_DESC(good, "Let that step succeed");

static ssize_t publish_read(struct file *file, char __user *buffer, size_t size, loff_t *offset)
{
	return 0;
}

static const struct file_operations publish_fops = {
	.owner = THIS_MODULE,
	.read = publish_read,
};

static struct miscdevice publish_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "publish",
	.fops = &publish_fops,
	.mode = 0400,
};

/* Stands for any step that takes a while: user space opens the device meanwhile. */
static int __init publish_step(void)
{
	msleep(500);

	return good ? 0 : -EIO;
}

static int __init publish_first(void)
{
	int ret;

	ret = misc_register(&publish_device);
	if (ret)
		return ret;

	ret = publish_step();
	if (ret)
		misc_deregister(&publish_device);

	return ret;
}

static int __init publish_last(void)
{
	int ret;

	ret = publish_step();
	if (ret)
		return ret;

	return misc_register(&publish_device);
}

static int __init publish_init(void)
{
	return first ? publish_first() : publish_last();
}

static void __exit publish_exit(void)
{
	misc_deregister(&publish_device);
}

module_init(publish_init);
module_exit(publish_exit);

MODULE_DESCRIPTION("Module that publishes a device first or last");
MODULE_LICENSE("GPL");
