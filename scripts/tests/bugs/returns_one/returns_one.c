// SPDX-License-Identifier: GPL-2.0-only
/*
 * Init returns 1 when all is well.
 *
 * Source: asus_eee 0.3 and lirc_bt829, of which Linux 2.6.27 says 'init suspiciously returned 1, it should
 * follow 0/-E convention'.
 */

#include <linux/init.h>
#include <linux/module.h>

static int __init bug_init(void)
{
#ifdef MENDED
	return 0;
#else
	return 1;
#endif
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_DESCRIPTION("Module whose init function returns 1");
MODULE_LICENSE("GPL");
