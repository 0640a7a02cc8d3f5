// SPDX-License-Identifier: GPL-2.0-only
/* --format markdown: a comparison as tables for a pull request. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../text.h"
#include "compare.h"
#include "configs.h"

/* Digits in groups of three; a change has its sign. */
static void print_number(int64_t number, bool change)
{
	char digits[32];
	size_t len = snprintf(digits, sizeof(digits), "%" PRIu64,
			      number < 0 ? -(uint64_t)number : (uint64_t)number);

	if (number < 0)
		putchar('-');
	else if (change && number)
		putchar('+');
	for (size_t i = 0; i < len; i++) {
		if (i && !((len - i) % 3))
			putchar(',');
		putchar(digits[i]);
	}
}

/* In a table even code must have no bar, and no code a backtick. */
static void print_code(const char *text)
{
	char *visible = text_visible(text);

	putchar('`');
	for (const char *s = visible; *s; s++) {
		if (*s == '`')
			fputs("\\x60", stdout);
		else if (*s == '|')
			fputs("\\|", stdout);
		else
			putchar(*s);
	}
	putchar('`');
	free(visible);
}

static void print_bytes(const struct rows *rows, size_t row, size_t a, size_t b, size_t change)
{
	fputs("| ", stdout);
	print_number(rows_cell(rows, row, a)->number, false);
	fputs(" | ", stdout);
	print_number(rows_cell(rows, row, b)->number, false);
	fputs(" | ", stdout);
	print_number(rows_cell(rows, row, change)->number, true);
	fputs(" | ", stdout);
}

static void print_lifetimes(const struct rows *rows)
{
	puts("| Before | After | Bytes | Pages | Lifetime |\n"
	     "| ---: | ---: | ---: | ---: | :--- |");
	for (size_t row = 0; row < rows->nr; row++) {
		const char *pages = rows_cell(rows, row, LIFETIMES_PAGES)->text;
		const char *name = rows_cell(rows, row, LIFETIMES_NAME)->text;

		print_bytes(rows, row, LIFETIMES_A, LIFETIMES_B, LIFETIMES_BYTES);
		printf(row + 1 < rows->nr ? "%s | %s |\n" : "%s | **%s** |\n", pages ? pages : "", name);
	}
}

static void print_changes(const struct rows *rows, size_t max_rows)
{
	size_t shown = rows->nr < max_rows ? rows->nr : max_rows;
	int64_t rest[3] = { 0 };

	puts("\n| Before | After | Bytes | Symbol | Source | Where |\n"
	     "| ---: | ---: | ---: | :--- | :--- | :--- |");
	for (size_t row = 0; row < shown; row++) {
		const char *source = rows_cell(rows, row, CHANGE_SOURCE)->text;

		print_bytes(rows, row, CHANGE_A, CHANGE_B, CHANGE_BYTES);
		print_code(rows_cell(rows, row, CHANGE_NAME)->text);
		fputs(" | ", stdout);
		if (source)
			print_code(source);
		fputs(" | ", stdout);
		print_code(rows_cell(rows, row, CHANGE_PLACE)->text);
		puts(" |");
	}
	for (size_t row = shown; row < rows->nr; row++)
		for (size_t i = 0; i < ARRAY_SIZE(rest); i++)
			rest[i] += rows_cell(rows, row, CHANGE_A + i)->number;
	if (shown == rows->nr)
		return;
	fputs("| ", stdout);
	for (size_t i = 0; i < ARRAY_SIZE(rest); i++) {
		print_number(rest[i], i == 2);
		fputs(" | ", stdout);
	}
	printf("%zu more | | |\n", rows->nr - shown);
}

/* The tables; of the changes @max_rows, and the sum of the others. */
void markdown_print(const struct comparison *cmp, size_t max_rows)
{
	fputs("Size of ", stdout);
	print_code(base_name(cmp->images[1].path));
	fputs(": **", stdout);
	print_number(cmp->growth, true);
	puts("** bytes\n");
	if (cmp->configs) {
		puts("```");
		configs_print(cmp->configs, max_rows);
		puts("```\n");
	}
	print_lifetimes(&cmp->lifetimes);
	if (cmp->changes.nr)
		print_changes(&cmp->changes, max_rows);
}
