/* SPDX-License-Identifier: GPL-2.0-only */
/* --running: the modules that are loaded now. */
#ifndef INSPECTOR_RUNNING_H
#define INSPECTOR_RUNNING_H

#include "inspector.h"
#include "rows.h"

enum exit_code running_report(struct rows *rows, const char *root);

#endif
