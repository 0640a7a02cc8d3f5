/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef INSPECTOR_CONFIGS_H
#define INSPECTOR_CONFIGS_H

#include "../inspector.h"

char *configs_difference(const struct image *images);
void configs_print(const char *difference, size_t max_rows);

#endif
