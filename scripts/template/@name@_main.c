// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps a line of text: what is written to /dev/@name@ is read from it.
 *
 * Init takes two steps. The second lets user space in, so it comes last: from then
 * on anybody can call this code, and nothing may fail. If a step fails, init undoes
 * the steps before it in reverse order. Exit undoes all of them in the same order.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/uaccess.h>

#include "@name@_text.h"

static unsigned int size = 256;
module_param(size, uint, 0444);
MODULE_PARM_DESC(size, "Bytes that the text can have, 1 to 65536 (default: 256)");

static struct @name@_text @name@_text;

static ssize_t @name@_read(struct file *file, char __user *buf, size_t count,
@align@loff_t *ppos)
{
	return @name@_text_read(&@name@_text, buf, count, ppos);
}

static ssize_t @name@_write(struct file *file, const char __user *buf, size_t count,
@align@loff_t *ppos)
{
	return @name@_text_write(&@name@_text, buf, count);
}

static const struct file_operations @name@_fops = {
	.owner		= THIS_MODULE,	/* an open file keeps the module loaded */
	.read		= @name@_read,
	.write		= @name@_write,
	.llseek		= default_llseek,
};

static struct miscdevice @name@_device = {
	.minor		= MISC_DYNAMIC_MINOR,
	.name		= "@name@",
	.fops		= &@name@_fops,
	.mode		= 0600,
};

static int __init @name@_init(void)
{
	int ret;

	ret = @name@_text_init(&@name@_text, size);
	if (ret)
		return ret;

	ret = misc_register(&@name@_device);
	if (ret)
		goto err_free_text;

	return 0;

err_free_text:
	@name@_text_free(&@name@_text);
	return ret;
}

static void __exit @name@_exit(void)
{
	misc_deregister(&@name@_device);
	@name@_text_free(&@name@_text);
}

module_init(@name@_init);
module_exit(@name@_exit);

MODULE_AUTHOR("@author@ <@email@>");
MODULE_DESCRIPTION("Keeps a line of text for user space");
MODULE_LICENSE("GPL");
