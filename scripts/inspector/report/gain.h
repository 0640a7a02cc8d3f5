/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef INSPECTOR_GAIN_H
#define INSPECTOR_GAIN_H

#include "../inspector.h"

/**
 * struct gain - what __init and __exit give back
 * @init: bytes in init sections
 * @exit: bytes in exit sections
 * @pages: that are fewer once they are given back, -1 where that cannot be said
 */
struct gain {
	int64_t init;
	int64_t exit;
	int64_t pages;
};

struct gain gain_of(const struct image *img, bool filtered);
int64_t pages_of(const struct image *img, enum lifetime lifetime, bool filtered);

#endif
