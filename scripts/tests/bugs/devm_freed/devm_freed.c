// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver frees what devm owns, and devm frees it again.
 *
 * Source: Documentation/driver-api/driver-model/devres.rst: what was allocated by devm_kzalloc() is freed
 * by devm_kfree().
 */

#include <linux/err.h>
#include <linux/init.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

static int bug_probe(struct platform_device *device)
{
	void *memory = devm_kzalloc(&device->dev, 100, GFP_KERNEL);

	if (!memory)
		return -ENOMEM;
	platform_set_drvdata(device, memory);

	return 0;
}

static void bug_unbind(void *data)
{
#ifndef MENDED
	kfree(data);
#endif
}

static int bug_probe_and_watch(struct platform_device *device)
{
	int ret = bug_probe(device);

	return ret ?: devm_add_action(&device->dev, bug_unbind, platform_get_drvdata(device));
}

static struct platform_driver bug_driver = {
	.probe	= bug_probe_and_watch,
	.driver	= { .name = "devm_freed" },
};

static struct platform_device *bug_device;

static int __init bug_init(void)
{
	int ret;

	ret = platform_driver_register(&bug_driver);
	if (ret)
		return ret;
	bug_device = platform_device_register_simple("devm_freed", -1, NULL, 0);
	if (IS_ERR(bug_device)) {
		platform_driver_unregister(&bug_driver);
		return PTR_ERR(bug_device);
	}

	return 0;
}

static void __exit bug_exit(void)
{
	platform_device_unregister(bug_device);
	platform_driver_unregister(&bug_driver);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_DESCRIPTION("Module that frees what devm owns");
MODULE_LICENSE("GPL");
