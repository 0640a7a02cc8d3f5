// SPDX-License-Identifier: GPL-2.0-only
/* A module whose init function fails: it is coming, then going, and never live. */

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/module.h>

static int __init failing_init(void)
{
	return -ENODEV;
}

module_init(failing_init);

MODULE_DESCRIPTION("Module whose init function fails");
MODULE_LICENSE("GPL");
