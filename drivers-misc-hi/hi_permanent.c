// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that has an init function and no exit function: it is permanent.
 *
 * Nobody can undo what its init function registered. So the kernel refuses to
 * unload the module, and /proc/modules marks it [permanent]. A kernel with
 * CONFIG_MODULE_FORCE_UNLOAD unloads it by force. What init registered then stays
 * behind. Here that is a device number. The kernel calls no code of the module for
 * it, so nothing is lost but the number.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/types.h>

static int __init hi_permanent_init(void)
{
	dev_t region;

	pr_info("module being loaded\n");

	/* Not kept: there is no exit function that would need it. */
	return alloc_chrdev_region(&region, 0, 1, KBUILD_MODNAME);
}

module_init(hi_permanent_init);

MODULE_AUTHOR("hi developers <hi@example.org>");
MODULE_DESCRIPTION("Module that has no exit function");
MODULE_LICENSE("GPL");
