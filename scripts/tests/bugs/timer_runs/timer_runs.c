// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exit stops a timer by a function that does not wait for it, and does not stop one that is set
 * again.
 *
 * Source: CVE-2024-38630, watchdog: cpu5wdt.c: exit called del_timer() and went on while the timer could
 * run.
 */

#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/timer.h>

static struct timer_list bug_timer;

static void bug_expired(struct timer_list *timer)
{
	mod_timer(&bug_timer, jiffies + 1);
}

static int __init bug_init(void)
{
	timer_setup(&bug_timer, bug_expired, 0);
	mod_timer(&bug_timer, jiffies + HZ);

	return 0;
}

static void __exit bug_exit(void)
{
#ifdef MENDED
	timer_shutdown_sync(&bug_timer);
#endif
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_DESCRIPTION("Module with a timer that still runs after exit");
MODULE_LICENSE("GPL");
