/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _@SYMBOL@_TEXT_H
#define _@SYMBOL@_TEXT_H

#include <linux/mutex.h>
#include <linux/types.h>

#define @SYMBOL@_TEXT_SIZE_MAX	65536

/**
 * struct @name@_text - a text that several tasks read and write
 * @lock: protects the fields below
 * @bytes: the text, which ends without a zero
 * @size: bytes that it can have
 * @length: bytes that it has
 */
struct @name@_text {
	struct mutex lock;	/* of the fields below */
	char *bytes;
	size_t size;
	size_t length;
};

int @name@_text_init(struct @name@_text *text, size_t size);
void @name@_text_free(struct @name@_text *text);
ssize_t @name@_text_read(struct @name@_text *text, char __user *buf, size_t count,
@align@loff_t *ppos);
ssize_t @name@_text_write(struct @name@_text *text, const char __user *buf,
@align@size_t count);
int @name@_text_set(struct @name@_text *text, const char *bytes, size_t length);

#endif /* _@SYMBOL@_TEXT_H */
