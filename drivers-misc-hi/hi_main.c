// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that says when it comes and when it goes.
 *
 * What init does, exit undoes. The code of hi_init() is needed once: marked
 * __init, its memory is given back when the module is live, or at the end of
 * boot when it is built in. The code of hi_exit() is needed only where a module
 * can be unloaded: marked __exit, it is dropped elsewhere.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>

static int __init hi_init(void)
{
	pr_info("module being loaded\n");

	return 0;
}

static void __exit hi_exit(void)
{
	pr_info("module being unloaded\n");
}

module_init(hi_init);
module_exit(hi_exit);

MODULE_AUTHOR("hi developers <hi@example.org>");
MODULE_DESCRIPTION("Module that says when it comes and goes");
MODULE_LICENSE("GPL");
