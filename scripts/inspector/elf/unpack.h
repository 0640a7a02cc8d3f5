/* SPDX-License-Identifier: GPL-2.0-only */
/* Packed files: unpack.c unpacks one, ahead.c many, before they are asked for. */
#ifndef INSPECTOR_UNPACK_H
#define INSPECTOR_UNPACK_H

#include "files.h"

/* The largest modules with debug information have some 100 MiB. */
#define UNPACKED_MAX (512UL << 20)

bool is_packed(int fd);
const char *unpack(int fd, size_t max, int *to, size_t *size);

void ahead_begin(const struct files *files);
int ahead_take(const char *name, size_t *size);
void ahead_end(void);

#endif
