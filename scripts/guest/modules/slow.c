// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module whose init routine takes its time, so that one can look at a module that
 * is being loaded: its init memory, its symbols, and what is said to those who want
 * to unload it already.
 */

#include <linux/delay.h>
#include <linux/init.h>
#include <linux/module.h>

static int __init slow_init(void)
{
	msleep(500);

	return 0;
}

static void __exit slow_exit(void)
{
	msleep(1);
}

module_init(slow_init);
module_exit(slow_exit);

MODULE_DESCRIPTION("Module whose init routine takes half a second");
MODULE_LICENSE("GPL");
