// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module whose init function fails on request.
 *
 * Init takes three steps. The parameter fail_at makes one of them fail: init
 * undoes the steps before it in reverse order, does not try the steps after it,
 * and returns the error of that step. The parameter init_return is what init
 * returns when all steps have succeeded. If it is negative, init undoes all of
 * them first.
 *
 * No step publishes anything to user space, and none may: an init function must
 * not fail after it has let user space in, see hi_main.c.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/workqueue.h>

static char *fail_at = "";
module_param(fail_at, charp, 0444);
MODULE_PARM_DESC(fail_at, "Step of init that fails: buffer, notifier or workqueue (default: none)");

static int init_return;
module_param(init_return, int, 0444);
MODULE_PARM_DESC(init_return, "Return value of init after all steps have succeeded (default: 0)");

#define HI_FAIL_BUFFER_SIZE	4096

static void *hi_fail_buffer;
static struct workqueue_struct *hi_fail_workqueue;

/* The kernel calls this when a module is loaded or unloaded. There is nothing to do. */
static int hi_fail_notify(struct notifier_block *nb, unsigned long state, void *data)
{
	return NOTIFY_DONE;
}

static struct notifier_block hi_fail_notifier = {
	.notifier_call	= hi_fail_notify,
};

static const char * const hi_fail_steps[] __initconst = { "buffer", "notifier", "workqueue" };

static bool __init hi_fail_must_fail(const char *step)
{
	return !strcmp(step, fail_at);
}

static int __init hi_fail_init(void)
{
	int ret;

	pr_info("module being loaded\n");

	if (*fail_at && match_string(hi_fail_steps, ARRAY_SIZE(hi_fail_steps), fail_at) < 0) {
		pr_err("fail_at must be buffer, notifier or workqueue, not %s\n", fail_at);
		return -EINVAL;
	}

	/* The caller would take it for success. */
	if (init_return < -MAX_ERRNO) {
		pr_err("init_return must be %d or more, not %d\n", -MAX_ERRNO, init_return);
		return -EINVAL;
	}

	if (!hi_fail_must_fail("buffer"))
		hi_fail_buffer = kzalloc(HI_FAIL_BUFFER_SIZE, GFP_KERNEL);
	if (!hi_fail_buffer)
		return -ENOMEM;
	pr_debug("buffer allocated\n");

	if (hi_fail_must_fail("notifier"))
		ret = -EBUSY;
	else
		ret = register_module_notifier(&hi_fail_notifier);
	if (ret)
		goto err_free_buffer;
	pr_debug("notifier registered\n");

	if (!hi_fail_must_fail("workqueue"))
		hi_fail_workqueue = alloc_workqueue(KBUILD_MODNAME, WQ_UNBOUND, 0);
	if (!hi_fail_workqueue) {
		ret = -ENOMEM;
		goto err_unregister_notifier;
	}
	pr_debug("workqueue allocated\n");

	if (init_return < 0) {
		ret = init_return;
		goto err_destroy_workqueue;
	}

	/* A positive value is wrong as well. It is not an error: nothing is undone. */
	return init_return;

err_destroy_workqueue:
	destroy_workqueue(hi_fail_workqueue);
	pr_debug("workqueue destroyed\n");
err_unregister_notifier:
	unregister_module_notifier(&hi_fail_notifier);
	pr_debug("notifier unregistered\n");
err_free_buffer:
	kfree(hi_fail_buffer);
	pr_debug("buffer freed\n");
	return ret;
}

static void __exit hi_fail_exit(void)
{
	pr_info("module being unloaded\n");

	destroy_workqueue(hi_fail_workqueue);
	pr_debug("workqueue destroyed\n");
	unregister_module_notifier(&hi_fail_notifier);
	pr_debug("notifier unregistered\n");
	kfree(hi_fail_buffer);
	pr_debug("buffer freed\n");
}

module_init(hi_fail_init);
module_exit(hi_fail_exit);

MODULE_AUTHOR("hi developers <hi@example.org>");
MODULE_DESCRIPTION("Module whose init function fails on request");
MODULE_LICENSE("GPL");
