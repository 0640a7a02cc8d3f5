/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef INSPECTOR_LAYOUT_H
#define INSPECTOR_LAYOUT_H

#include <stdint.h>

/**
 * struct layout - struct module as a kernel has it
 * @size: in bytes
 * @name: offset of .name
 * @init: offset of .init
 * @exit: offset of .exit, -1 without CONFIG_MODULE_UNLOAD
 */
struct layout {
	int64_t size;
	int64_t name;
	int64_t init;
	int64_t exit;
};

int layout_read(struct layout *layout, const char *path);

#endif
