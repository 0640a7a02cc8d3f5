// SPDX-License-Identifier: GPL-2.0-only
/*
 * The failure path frees what the device's release function has freed.
 *
 * Source: commit a3187c0c2bbd ("drm/xe/nvm: Fix double-free on aux add failure").
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

	ret = dev_set_name(bug_device, "freed_twice");
	if (!ret)
		ret = device_add(bug_device);
	if (ret) {
		put_device(bug_device);
#ifndef MENDED
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

MODULE_DESCRIPTION("Module that frees a device twice when init fails");
MODULE_LICENSE("GPL");
