// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that has neither an init function nor an exit function.
 *
 * It needs neither, since it registers nothing itself. The kernel makes its
 * parameter, /sys/module/hi_bare/parameters/number, when it loads the module, and
 * removes it when it unloads the module. There is nothing to undo, so the kernel
 * does not refuse to unload it, as it does for a module that has only an init
 * function.
 */

#include <linux/module.h>
#include <linux/moduleparam.h>

static int number;
module_param(number, int, 0644);
MODULE_PARM_DESC(number, "A number to keep (default: 0)");

MODULE_AUTHOR("hi developers <hi@example.org>");
MODULE_DESCRIPTION("Module that has neither an init nor an exit function");
MODULE_LICENSE("GPL");
