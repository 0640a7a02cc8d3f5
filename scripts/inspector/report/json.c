// SPDX-License-Identifier: GPL-2.0-only

#include <stdarg.h>

#include "json.h"

static void new_line(struct json *json)
{
	if (json->pretty)
		fprintf(json->out, "\n%*s", 2 * json->depth, "");
}

static void put_escaped(struct json *json, const char *text)
{
	static const char escapes[] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
		['"'] = '"', ['\\'] = '\\',
	};

	fputc('"', json->out);
	for (; *text; text++) {
		unsigned char c = *text;

		if (c < sizeof(escapes) && escapes[c])
			fprintf(json->out, "\\%c", escapes[c]);
		else if (c < ' ')
			fprintf(json->out, "\\u%04x", c);
		else
			fputc(c, json->out);
	}
	fputc('"', json->out);
}

static void begin_value(struct json *json, const char *key)
{
	if (json->full)
		fputc(',', json->out);
	if (json->depth)
		new_line(json);
	json->full = true;
	if (key)
		fprintf(json->out, "\"%s\":", key);
}

void json_open(struct json *json, const char *key, char bracket)
{
	begin_value(json, key);
	fputc(bracket, json->out);
	json->depth++;
	json->full = false;
}

void json_close(struct json *json, char bracket)
{
	json->depth--;
	new_line(json);
	fputc(bracket, json->out);
	json->full = true;
}

/* @text: NULL for null */
void json_text(struct json *json, const char *key, const char *text)
{
	begin_value(json, key);
	if (text)
		put_escaped(json, text);
	else
		fputs("null", json->out);
}

/* A number, true or false; a string only if nothing in it needs an escape. */
void json_printf(struct json *json, const char *key, const char *fmt, ...)
{
	va_list args;

	begin_value(json, key);
	va_start(args, fmt);
	vfprintf(json->out, fmt, args);
	va_end(args);
}
