// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device that could not be registered is freed by kfree(), not by put_device(): its name is
 * lost.
 *
 * Source: commit dcf69599c47f ("parisc: kernel: replace kfree() with put_device() in create_tree_node()").
 */

#include <linux/device.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/slab.h>

static struct device *bug_device;

static void bug_release(struct device *device)
{
	kfree(device);
}

static int __init bug_init(void)
{
	int ret;

	bug_device = kzalloc(sizeof(*bug_device), GFP_KERNEL);
	if (!bug_device)
		return -ENOMEM;
	device_initialize(bug_device);
	bug_device->release = bug_release;
	ret = dev_set_name(bug_device, "a_name_of_%d_that_is_allocated", 1);
	if (!ret)
		ret = device_add(bug_device);
	if (ret) {
#ifdef MENDED
		put_device(bug_device);
#else
		kfree(bug_device);
#endif
	}

	return ret;
}

static void __exit bug_exit(void)
{
	device_unregister(bug_device);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_DESCRIPTION("Module that frees a device by hand when init fails");
MODULE_LICENSE("GPL");
