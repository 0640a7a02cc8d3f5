// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module whose init and exit functions share one cleanup function.
 *
 * The other way to undo what init did is labels, see hi_main.c. A cleanup function
 * must know how far init got: for two of the three steps, what they returned tells
 * it, and the third needs a flag. In return, init and exit cannot undo different
 * things, and a new step is added in two places only.
 *
 * Init calls hi_cleanup_undo(), so the function must not be marked __exit. Where
 * __exit code is dropped, an init function that fails would call code that is not
 * there. modpost reports such a mark as a section mismatch.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/reboot.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/workqueue.h>

static char *fail_at = "";
module_param(fail_at, charp, 0444);
MODULE_PARM_DESC(fail_at, "Step of init that fails: region, workqueue or notifier (default: none)");

static dev_t hi_cleanup_region;
static struct workqueue_struct *hi_cleanup_workqueue;
static bool hi_cleanup_notifier_registered;

/* The kernel does not unload modules at shutdown. A notifier tells them of it. */
static int hi_cleanup_reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	pr_debug("system going down\n");

	return NOTIFY_DONE;
}

static struct notifier_block hi_cleanup_notifier = {
	.notifier_call	= hi_cleanup_reboot,
};

/* Undoes what init has done, in reverse order. */
static void hi_cleanup_undo(void)
{
	if (hi_cleanup_notifier_registered) {
		unregister_reboot_notifier(&hi_cleanup_notifier);
		pr_debug("notifier unregistered\n");
	}
	if (hi_cleanup_workqueue) {
		destroy_workqueue(hi_cleanup_workqueue);
		pr_debug("workqueue destroyed\n");
	}
	if (hi_cleanup_region) {
		unregister_chrdev_region(hi_cleanup_region, 1);
		pr_debug("region unregistered\n");
	}
}

static const char * const hi_cleanup_steps[] __initconst = { "region", "workqueue", "notifier" };

static bool __init hi_cleanup_must_fail(const char *step)
{
	return !strcmp(step, fail_at);
}

static int __init hi_cleanup_init(void)
{
	int ret = -ENOMEM;

	pr_info("module being loaded\n");

	if (*fail_at && match_string(hi_cleanup_steps, ARRAY_SIZE(hi_cleanup_steps), fail_at) < 0) {
		pr_err("fail_at must be region, workqueue or notifier, not %s\n", fail_at);
		return -EINVAL;
	}

	if (!hi_cleanup_must_fail("region"))
		ret = alloc_chrdev_region(&hi_cleanup_region, 0, 1, KBUILD_MODNAME);
	if (ret)
		goto err_undo;
	pr_debug("region registered\n");

	ret = -ENOMEM;
	if (!hi_cleanup_must_fail("workqueue"))
		hi_cleanup_workqueue = alloc_workqueue(KBUILD_MODNAME, WQ_UNBOUND, 0);
	if (!hi_cleanup_workqueue)
		goto err_undo;
	pr_debug("workqueue allocated\n");

	if (!hi_cleanup_must_fail("notifier"))
		ret = register_reboot_notifier(&hi_cleanup_notifier);
	if (ret)
		goto err_undo;
	hi_cleanup_notifier_registered = true;
	pr_debug("notifier registered\n");

	return 0;

err_undo:
	hi_cleanup_undo();
	return ret;
}

static void __exit hi_cleanup_exit(void)
{
	pr_info("module being unloaded\n");

	hi_cleanup_undo();
}

module_init(hi_cleanup_init);
module_exit(hi_cleanup_exit);

MODULE_AUTHOR("hi developers <hi@example.org>");
MODULE_DESCRIPTION("Module whose init and exit functions share one cleanup function");
MODULE_LICENSE("GPL");
