/* SPDX-License-Identifier: GPL-2.0-only */
/* Will a kernel find the init and exit functions of a module that was built elsewhere? */
#ifndef INSPECTOR_KERNEL_H
#define INSPECTOR_KERNEL_H

#include "../inspector.h"

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

/* The checksum of an exported symbol. */
struct crc {
	const char *name;
	uint32_t value;
};

/**
 * struct kernel - what a kernel compares a module with
 * @path: where that was read
 * @layout: its struct module
 * @img: the vmlinux, or no file where there is only BTF
 * @vermagic: or NULL if it cannot be told
 * @checks_size: it refuses a __this_module of another size
 * @extended: it reads EXTENDED_MODVERSIONS
 * @crcs: by name
 */
struct kernel {
	const char *path;
	struct layout layout;
	struct image img;
	const char *vermagic;
	bool checks_size;
	bool extended;
	struct crc *crcs;
	size_t nr_crcs;
};

enum verdict {
	VERDICT_GOOD,
	VERDICT_REFUSED,	/* loading fails */
	VERDICT_PERMANENT,	/* the kernel does not find the exit function */
	VERDICT_NOT_RUN,	/* the kernel does not find the init function */
	VERDICT_CRASH,		/* the kernel calls one function as the other */
};

struct judgement {
	enum verdict verdict;
	char *why;		/* allocated, or NULL */
};

extern const char * const verdict_names[];
extern const char extended_message[];

int layout_read(struct layout *layout, const char *path);
int kernel_open(struct kernel *kernel, const char *path);
void kernel_close(struct kernel *kernel);
const struct crc *kernel_crc(const struct kernel *kernel, const char *name);
int kernel_judge(const struct kernel *kernel, const struct image *img,
		 struct judgement *judgement);
uint32_t image_u32(const struct image *img, const void *at);

#endif
