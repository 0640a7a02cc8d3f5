/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef INSPECTOR_FILES_H
#define INSPECTOR_FILES_H

typedef int (*file_fn)(const char *path, void *arg);

int files_each(const char *path, file_fn fn, void *arg);

#endif
