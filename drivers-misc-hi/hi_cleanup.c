// SPDX-License-Identifier: GPL-2.0-only
/*
 * One cleanup function, called by an init that fails and by exit.
 *
 * The other way to undo what init did is labels, see hi_main.c. This one needs to
 * know what has been done: for two of the three registrations, what they returned
 * says so, the third needs a flag. In return, init and exit cannot undo different
 * things, and a step is added in two places only.
 *
 * Since init calls it, hi_cleanup_undo() must not be __exit: where __exit code is
 * dropped, an init that fails would jump into nothing. If it is marked so all the
 * same, modpost reports a section mismatch.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/reboot.h>
#include <linux/string.h>
#include <linux/types.h>

static char *fail_at = "";
module_param(fail_at, charp, 0444);
MODULE_PARM_DESC(fail_at, "Step of init that fails: region, kobject or notifier (default: none)");

static dev_t hi_region;
static struct kobject *hi_kobject;
static bool hi_notifier_registered;

/* At a shutdown, modules are not unloaded: only who asks for it hears of it. */
static int hi_reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	pr_debug("system going down\n");

	return NOTIFY_OK;
}

static struct notifier_block hi_notifier = {
	.notifier_call	= hi_reboot,
};

/* Undoes what has been done, all of it or the part that init got to. */
static void hi_cleanup_undo(void)
{
	if (hi_notifier_registered) {
		unregister_reboot_notifier(&hi_notifier);
		pr_debug("notifier unregistered\n");
	}
	if (hi_kobject) {
		kobject_put(hi_kobject);
		pr_debug("kobject removed\n");
	}
	if (hi_region) {
		unregister_chrdev_region(hi_region, 1);
		pr_debug("region unregistered\n");
	}
}

static const char * const hi_steps[] __initconst = { "region", "kobject", "notifier" };

/* What the step is to fail with if the user wants it to, else 0. */
static int __init hi_fail(const char *step)
{
	return strcmp(step, fail_at) ? 0 : -ENOMEM;
}

static int __init hi_cleanup_init(void)
{
	int ret;

	pr_info("module being loaded\n");

	if (*fail_at && match_string(hi_steps, ARRAY_SIZE(hi_steps), fail_at) < 0) {
		pr_err("fail_at must be region, kobject or notifier, not %s\n", fail_at);
		return -EINVAL;
	}

	ret = hi_fail("region") ?: alloc_chrdev_region(&hi_region, 0, 1, KBUILD_MODNAME);
	if (ret)
		goto undo;
	pr_debug("region registered\n");

	if (!hi_fail("kobject"))
		hi_kobject = kobject_create_and_add(KBUILD_MODNAME, kernel_kobj);
	if (!hi_kobject) {
		ret = -ENOMEM;
		goto undo;
	}
	pr_debug("kobject added\n");

	ret = hi_fail("notifier") ?: register_reboot_notifier(&hi_notifier);
	if (ret)
		goto undo;
	hi_notifier_registered = true;
	pr_debug("notifier registered\n");

	return 0;

undo:
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
MODULE_DESCRIPTION("Module whose init and exit share one cleanup function");
MODULE_LICENSE("GPL");
