/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text for people. Names come from files that nobody has checked: whatever is no printable
 * character of the locale becomes an escape, \x1b.
 */
#ifndef INSPECTOR_TEXT_H
#define INSPECTOR_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define FIELD_MAX 80	/* columns */

/**
 * struct field - text that is cut at a number of columns
 * @text: with "..." at its end if not everything fitted
 * @len: of @text
 * @columns: that it takes
 * @width: columns that it may take, FIELD_MAX at most
 * @mark: length up to which there is room for "..."
 * @cut: something did not fit
 */
struct field {
	char text[FIELD_MAX * 16 + 1];
	size_t len;
	size_t columns;
	size_t width;
	size_t mark;
	bool cut;
};

void field_begin(struct field *field, size_t width);
void field_put(struct field *field, const char *s);
void field_put_path(struct field *field, const char *s);
size_t text_columns(const char *s);
char *text_visible(const char *s);

#endif
