// SPDX-License-Identifier: GPL-2.0-only

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../inspector.h"
#include "rows.h"
#include "../text.h"

#define TABLE_WIDTH	80
#define GAP		2	/* spaces between columns */
#define MAX_COLUMNS	16
#define MIN_TEXT	12	/* a column of text is not made narrower */

static bool is_text(const struct column *col)
{
	return col->kind == COLUMN_TEXT || col->kind == COLUMN_PATH;
}

/* Adds a row; for each column follows what its kind says. */
void rows_add(struct rows *rows, ...)
{
	struct cell *cell;
	va_list args;

	rows->cells = must_grow(rows->cells, rows->nr, rows->nr_columns * sizeof(*cell));
	cell = &rows->cells[rows->nr++ * rows->nr_columns];
	va_start(args, rows);
	for (size_t i = 0; i < rows->nr_columns; i++, cell++) {
		*cell = (struct cell){ 0 };
		if (is_text(&rows->columns[i])) {
			const char *text = va_arg(args, const char *);

			cell->text = text ? must_strdup(text) : NULL;
		} else {
			cell->number = va_arg(args, int64_t);
		}
	}
	va_end(args);
}

/* The text of a cell; @buf holds a number. */
static const char *cell_text(const struct column *col, const struct cell *cell,
			     char *buf, size_t size)
{
	if (is_text(col))
		return cell->text ? cell->text : "";
	snprintf(buf, size, col->kind == COLUMN_CHANGE ? "%+" PRId64 : "%" PRId64,
		 cell->number);
	return buf;
}

static bool is_shown(const struct rows *rows, size_t col)
{
	if (!rows->columns[col].title)
		return false;
	for (size_t row = 0; row < rows->nr; row++) {
		const struct cell *cell = rows_cell(rows, row, col);

		if (cell->number || (cell->text && *cell->text))
			return true;
	}
	return !rows->columns[col].optional;
}

/* Narrows the widest column of text until the table fits. */
static void fit(const struct rows *rows, size_t *widths)
{
	for (;;) {
		size_t sum = 0, widest = 0;
		bool found = false;

		for (size_t i = 0; i < rows->nr_columns; i++) {
			sum += widths[i] ? widths[i] + GAP : 0;
			if (is_text(&rows->columns[i]) && widths[i] > MIN_TEXT &&
			    (!found || widths[i] > widths[widest])) {
				widest = i;
				found = true;
			}
		}
		if (sum <= TABLE_WIDTH + GAP || !found)
			return;
		widths[widest]--;
	}
}

static void measure(const struct rows *rows, size_t *widths)
{
	char buf[32];

	for (size_t i = 0; i < rows->nr_columns; i++) {
		widths[i] = 0;
		if (!is_shown(rows, i))
			continue;
		widths[i] = strlen(rows->columns[i].title);
		for (size_t row = 0; row < rows->nr; row++) {
			size_t len = text_columns(cell_text(&rows->columns[i],
						      rows_cell(rows, row, i),
						      buf, sizeof(buf)));

			if (len > widths[i])
				widths[i] = len;
		}
	}
	fit(rows, widths);
}

static void print_cell(FILE *out, const struct column *col, const char *text,
		       size_t width, bool last)
{
	struct field field;

	field_begin(&field, width);
	if (!is_text(col)) {
		fprintf(out, "%*s", (int)width, text);
	} else {
		if (col->kind == COLUMN_PATH)
			field_put_path(&field, text);
		else
			field_put(&field, text);
		fprintf(out, "%s%*s", field.text, last || field.cut ? 0 :
			(int)(width - field.columns), "");
	}
	if (!last)
		fprintf(out, "%*s", GAP, "");
}

/* @row: NULL for the titles */
static void print_row(FILE *out, const struct rows *rows, const size_t *widths,
		      const struct cell *row)
{
	size_t last = 0;
	char buf[32];

	for (size_t i = 0; i < rows->nr_columns; i++)
		if (widths[i])
			last = i;
	for (size_t i = 0; i <= last; i++)
		if (widths[i])
			print_cell(out, &rows->columns[i],
				   row ? cell_text(&rows->columns[i], &row[i],
						   buf, sizeof(buf)) :
					 rows->columns[i].title,
				   widths[i], i == last);
	fputc('\n', out);
}

void rows_print(FILE *out, const struct rows *rows)
{
	size_t widths[MAX_COLUMNS] = { 0 };

	measure(rows, widths);
	print_row(out, rows, widths, NULL);
	for (size_t i = 0; i < rows->nr; i++)
		print_row(out, rows, widths, rows_cell(rows, i, 0));
}

void rows_json(struct json *json, const char *key, const struct rows *rows)
{
	const struct cell *cell = rows->cells;

	json_open(json, key, '[');
	for (size_t row = 0; row < rows->nr; row++) {
		json_open(json, NULL, '{');
		for (size_t i = 0; i < rows->nr_columns; i++, cell++) {
			if (is_text(&rows->columns[i]))
				json_text(json, rows->columns[i].key, cell->text);
			else
				json_printf(json, rows->columns[i].key, "%" PRId64,
					    cell->number);
		}
		json_close(json, '}');
	}
	json_close(json, ']');
}

/* A whole report, to standard output; @nothing: printed if there are no rows */
void rows_report(bool json, const char *key, const struct rows *rows, const char *nothing)
{
	struct json out = { .out = stdout, .pretty = true };

	if (json) {
		json_open(&out, NULL, '{');
		json_printf(&out, "schema", "%d", JSON_SCHEMA);
		rows_json(&out, key, rows);
		json_close(&out, '}');
		putchar('\n');
	} else if (rows->nr) {
		rows_print(stdout, rows);
	} else {
		puts(nothing);
	}
}

void rows_free(struct rows *rows)
{
	for (size_t i = 0; i < rows->nr * rows->nr_columns; i++)
		free(rows->cells[i].text);
	free(rows->cells);
}
