// SPDX-License-Identifier: GPL-2.0-only
/* A module that has the name of one that is built in. */

#include <linux/module.h>

static int number;
module_param(number, int, 0444);
MODULE_PARM_DESC(number, "a number");

MODULE_DESCRIPTION("Module whose name is that of a driver that is built in");
MODULE_LICENSE("GPL");
