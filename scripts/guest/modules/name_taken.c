// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that registers a device with the name of hi's, so that hi cannot register its
 * own: misc_register() fails there with EEXIST.
 */

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static const struct file_operations name_taken_fops = {
	.owner	= THIS_MODULE,
};

static struct miscdevice name_taken_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "hi",
	.fops	= &name_taken_fops,
};

module_misc_device(name_taken_device);

MODULE_DESCRIPTION("Module whose device has the name of another");
MODULE_LICENSE("GPL");
