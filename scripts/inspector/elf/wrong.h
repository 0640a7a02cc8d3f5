/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef INSPECTOR_WRONG_H
#define INSPECTOR_WRONG_H

#include "../inspector.h"

void wrong_file(const struct image *img);
void wrong_no_symbols(const struct image *img);

#endif
