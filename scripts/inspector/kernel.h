/* SPDX-License-Identifier: GPL-2.0-only */
/* --kernel: will a kernel find the routines of a module that was built elsewhere? */
#ifndef INSPECTOR_KERNEL_H
#define INSPECTOR_KERNEL_H

#include "inspector.h"
#include "layout.h"
#include "rows.h"

/* The checksum of an exported symbol. */
struct crc {
	const char *name;
	uint32_t value;
};

/**
 * struct kernel - what a kernel holds a module against
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
	VERDICT_PERMANENT,	/* the exit routine is not found */
	VERDICT_NOT_RUN,	/* the init routine is not found */
	VERDICT_CRASH,		/* one routine is run as the other */
};

/**
 * struct judgement - what will become of a module
 * @verdict: in a word
 * @why: in a sentence, allocated
 */
struct judgement {
	enum verdict verdict;
	char *why;
};

int kernel_open(struct kernel *kernel, const char *path);
void kernel_close(struct kernel *kernel);
int kernel_judge(const struct kernel *kernel, struct image *img, struct judgement *judgement);
const char *verdict_name(enum verdict verdict);

void kernel_begin(struct rows *rows);
int kernel_image(struct rows *rows, const struct kernel *kernel, struct image *img,
		 bool *good);

#endif
