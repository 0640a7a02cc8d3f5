/* SPDX-License-Identifier: GPL-2.0-only */
/* A table: printed for people, or as JSON, from the same cells. */
#ifndef INSPECTOR_ROWS_H
#define INSPECTOR_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "json.h"

enum column_kind {
	COLUMN_TEXT,		/* const char *, NULL for nothing; cut at its end */
	COLUMN_PATH,		/* the same; cut at its beginning */
	COLUMN_NUMBER,		/* int64_t */
	COLUMN_CHANGE,		/* int64_t, with its sign */
};

/**
 * struct column - a column
 * @key: in JSON
 * @title: in the table, NULL: only in JSON
 * @kind: what is in it
 * @optional: not in the table if all its cells are zero or empty
 */
struct column {
	const char *key;
	const char *title;
	enum column_kind kind;
	bool optional;
};

struct cell {
	char *text;		/* allocated, or NULL */
	int64_t number;
};

struct rows {
	const struct column *columns;
	size_t nr_columns;
	struct cell *cells;
	size_t nr;		/* of rows */
};

#define ROWS(array) ((struct rows){ .columns = (array), .nr_columns = ARRAY_SIZE(array) })

static inline const struct cell *rows_cell(const struct rows *rows, size_t row, size_t col)
{
	return &rows->cells[row * rows->nr_columns + col];
}

void rows_add(struct rows *rows, ...);
void rows_print(FILE *out, const struct rows *rows);
void rows_json(struct json *json, const char *key, const struct rows *rows);
void rows_report(bool json, const char *key, const struct rows *rows, const char *nothing);
void rows_free(struct rows *rows);

#endif
