// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module whose exit function is there and does nothing. That is not the same as
 * having none.
 */

#include <linux/init.h>
#include <linux/module.h>

static int __init empty_exit_init(void)
{
	return 0;
}

static void __exit empty_exit_exit(void)
{
}

module_init(empty_exit_init);
module_exit(empty_exit_exit);

MODULE_DESCRIPTION("Module whose exit function does nothing");
MODULE_LICENSE("GPL");
