// SPDX-License-Identifier: GPL-2.0-only
/* A module that does nothing. What its loads and unloads change, the kernel changes by itself. */

#include <linux/init.h>
#include <linux/module.h>

static int __init vet_empty_init(void)
{
	return 0;
}

static void __exit vet_empty_exit(void)
{
}

module_init(vet_empty_init);
module_exit(vet_empty_exit);

MODULE_DESCRIPTION("Module that does nothing");
MODULE_LICENSE("GPL");
