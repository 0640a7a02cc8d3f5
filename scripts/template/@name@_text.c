// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text of @name@. It knows nothing about modules or devices, so that unit tests
 * need neither.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "@name@_text.h"

/**
 * @name@_text_init() - make an empty text
 * @text: the text
 * @size: bytes that it can have
 *
 * Only init functions call this. So it is marked __init as well.
 *
 * Return: 0, -EINVAL for a bad size, or -ENOMEM
 */
int __init @name@_text_init(struct @name@_text *text, size_t size)
{
	if (!size || size > @SYMBOL@_TEXT_SIZE_MAX) {
		pr_err("size must be 1 to %u, not %zu\n", @SYMBOL@_TEXT_SIZE_MAX, size);
		return -EINVAL;
	}

	text->bytes = kvzalloc(size, GFP_KERNEL);
	if (!text->bytes)
		return -ENOMEM;

	mutex_init(&text->lock);
	text->size = size;
	text->length = 0;

	return 0;
}

/**
 * @name@_text_free() - undo @name@_text_init()
 * @text: the text
 *
 * The exit function calls this, and so does an init function that fails in a later
 * step. So it is not marked __exit.
 */
void @name@_text_free(struct @name@_text *text)
{
	kvfree(text->bytes);
}

/**
 * @name@_text_read() - read from the text
 * @text: the text
 * @buf: where to write, in user space
 * @count: size of @buf
 * @ppos: where to read, and then where to read next
 *
 * Return: number of bytes, 0 at the end, -EFAULT or -EINTR
 */
ssize_t @name@_text_read(struct @name@_text *text, char __user *buf, size_t count,
@align@loff_t *ppos)
{
	ssize_t ret;

	if (mutex_lock_interruptible(&text->lock))
		return -EINTR;
	ret = simple_read_from_buffer(buf, count, ppos, text->bytes, text->length);
	mutex_unlock(&text->lock);

	return ret;
}

/**
 * @name@_text_set() - replace the text
 * @text: the text
 * @bytes: what it is from now on
 * @length: of @bytes
 *
 * Return: 0, or -ENOSPC if it is too long
 */
int @name@_text_set(struct @name@_text *text, const char *bytes, size_t length)
{
	if (length > text->size)
		return -ENOSPC;

	mutex_lock(&text->lock);
	memcpy(text->bytes, bytes, length);
	text->length = length;
	mutex_unlock(&text->lock);

	return 0;
}

/**
 * @name@_text_write() - replace the text by what user space has
 * @text: the text
 * @buf: what it is from now on, in user space
 * @count: size of @buf
 *
 * Return: @count, -ENOSPC if it is too long, -EFAULT or -ENOMEM
 */
ssize_t @name@_text_write(struct @name@_text *text, const char __user *buf,
@align@size_t count)
{
	char *bytes;
	int ret;

	if (count > text->size)
		return -ENOSPC;
	bytes = memdup_user(buf, count);
	if (IS_ERR(bytes))
		return PTR_ERR(bytes);
	ret = @name@_text_set(text, bytes, count);
	kfree(bytes);

	return ret ?: count;
}
