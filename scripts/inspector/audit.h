/* SPDX-License-Identifier: GPL-2.0-only */
/* --audit: modules that do not come and go as most do. */
#ifndef INSPECTOR_AUDIT_H
#define INSPECTOR_AUDIT_H

#include "inspector.h"
#include "rows.h"

void audit_begin(struct rows *rows);
int audit_image(struct rows *rows, struct image *img);

#endif
