/* SPDX-License-Identifier: GPL-2.0-only */
/* A report of rows and columns: printed for people, or as JSON, from the same cells. */
#ifndef INSPECTOR_ROWS_H
#define INSPECTOR_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

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
 * @may_go: left out of the table where it is all zero or empty
 */
struct column {
	const char *key;
	const char *title;
	enum column_kind kind;
	bool may_go;
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

void rows_add(struct rows *rows, ...);
void rows_print(FILE *out, const struct rows *rows);
struct json_object *rows_json(const struct rows *rows);
void rows_free(struct rows *rows);

#endif
