// SPDX-License-Identifier: GPL-2.0-only
/* A module that another one needs. */

#include <linux/export.h>
#include <linux/module.h>

#include "needed.h"

void needed(void)
{
}
EXPORT_SYMBOL_GPL(needed);

MODULE_DESCRIPTION("Module that another one needs");
MODULE_LICENSE("GPL");
