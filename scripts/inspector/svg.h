/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef INSPECTOR_SVG_H
#define INSPECTOR_SVG_H

#include "inspector.h"

int svg_write(const char *path, const struct image *img, const struct filter *filter);

#endif
