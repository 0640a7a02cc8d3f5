/* SPDX-License-Identifier: GPL-2.0-only */
/* Packed files are unpacked on all processors, before they are asked for. */
#ifndef INSPECTOR_AHEAD_H
#define INSPECTOR_AHEAD_H

#include "files.h"

void ahead_begin(const struct files *files);
void ahead_end(void);

#endif
