// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that has an init function and no exit function: it stays for ever.
 *
 * What init registered, nobody can undo. So the kernel refuses to unload the
 * module, and /proc/modules calls it [permanent]. Where the kernel can be forced
 * to unload it all the same (CONFIG_MODULE_FORCE_UNLOAD), what init registered
 * stays behind: here a device number, which nothing in the module is needed for,
 * so that no harm is done but the loss of the number.
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
