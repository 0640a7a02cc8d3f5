/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one way to write JSON: nothing is kept, each value goes to the stream at once. The
 * output is UTF-8 without control characters, whatever bytes a name has.
 */
#ifndef INSPECTOR_JSON_H
#define INSPECTOR_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Of all reports; goes up when a field changes its meaning or goes away. */
#define JSON_SCHEMA 4

/**
 * struct json - a report in the making
 * @out: where it goes
 * @pretty: each value on a line of its own
 * @depth: how many objects and arrays are open
 * @full: the innermost has a value
 */
struct json {
	FILE *out;
	bool pretty;
	int depth;
	bool full;
};

/* @key: NULL in an array; @bracket: of an object or array */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
bool json_text(struct json *json, const char *key, const char *text);
void json_hex(struct json *json, const char *key, const char *text);
void json_printf(struct json *json, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
