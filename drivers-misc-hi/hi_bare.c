// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that has neither an init function nor an exit function.
 *
 * It needs none: it registers nothing itself. Its parameter is a place to keep a
 * number, /sys/module/hi_bare/parameters/number, which the kernel makes when it
 * loads the module and removes when it unloads it. And since there is nothing to
 * undo, unloading is not refused, as it is with an init function alone.
 */

#include <linux/module.h>
#include <linux/moduleparam.h>

static int number;
module_param(number, int, 0644);
MODULE_PARM_DESC(number, "A number to keep (default: 0)");

MODULE_AUTHOR("hi developers <hi@example.org>");
MODULE_DESCRIPTION("Module that has neither an init nor an exit function");
MODULE_LICENSE("GPL");
