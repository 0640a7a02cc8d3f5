// SPDX-License-Identifier: GPL-2.0-only
/* A module whose init routine fails: it comes, and goes without having been live. */

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/module.h>

static int __init failing_init(void)
{
	return -ENODEV;
}

module_init(failing_init);

MODULE_DESCRIPTION("Module whose init routine fails");
MODULE_LICENSE("GPL");
