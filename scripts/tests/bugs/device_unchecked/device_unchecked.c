// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nobody looks whether device_create() failed, and its result is used.
 *
 * Source: Linux 7.3, drivers/net/ppp/ppp_generic.c, ppp_init(), which does not look; the use is ours.
 */

#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kdev_t.h>
#include <linux/module.h>

static struct class *bug_class;
static struct device *bug_device;
static dev_t bug_number;

static int __init bug_init(void)
{
	int ret;

	ret = alloc_chrdev_region(&bug_number, 0, 1, "device_unchecked");
	if (ret)
		return ret;
	bug_class = class_create("device_unchecked");
	if (IS_ERR(bug_class)) {
		unregister_chrdev_region(bug_number, 1);
		return PTR_ERR(bug_class);
	}
	bug_device = device_create(bug_class, NULL, bug_number, NULL, "device_unchecked");
#ifdef MENDED
	if (IS_ERR(bug_device)) {
		class_destroy(bug_class);
		unregister_chrdev_region(bug_number, 1);
		return PTR_ERR(bug_device);
	}
#endif
	dev_set_drvdata(bug_device, &bug_number);

	return 0;
}

static void __exit bug_exit(void)
{
	device_destroy(bug_class, bug_number);
	class_destroy(bug_class);
	unregister_chrdev_region(bug_number, 1);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_DESCRIPTION("Module that does not look whether device_create() failed");
MODULE_LICENSE("GPL");
