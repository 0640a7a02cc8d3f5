// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module whose init function waits until it is told to go on, so that one can look at
 * a module that is being loaded: its init memory, its symbols, and what is said to those
 * who want to unload it already.
 */

#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static bool go;
module_param(go, bool, 0600);
MODULE_PARM_DESC(go, "Write 1 to let init return; it fails after a minute without");

static int __init slow_init(void)
{
	int i;

	for (i = 0; i < 6000; i++) {
		if (READ_ONCE(go))
			return 0;
		msleep(10);
	}

	return -ETIMEDOUT;
}

static void __exit slow_exit(void)
{
	msleep(1);
}

module_init(slow_init);
module_exit(slow_exit);

MODULE_DESCRIPTION("Module whose init function waits");
MODULE_LICENSE("GPL");
