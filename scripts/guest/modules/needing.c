// SPDX-License-Identifier: GPL-2.0-only
/* A module that uses a symbol of another one. */

#include <linux/init.h>
#include <linux/module.h>

#include "needed.h"

static int __init needing_init(void)
{
	needed();

	return 0;
}

static void __exit needing_exit(void)
{
	needed();
}

module_init(needing_init);
module_exit(needing_exit);

MODULE_DESCRIPTION("Module that needs another one");
MODULE_LICENSE("GPL");
