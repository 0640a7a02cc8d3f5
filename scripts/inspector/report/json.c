// SPDX-License-Identifier: GPL-2.0-only

#include <stdarg.h>

#include "json.h"

static void new_line(struct json *json)
{
	if (json->pretty)
		fprintf(json->out, "\n%*s", 2 * json->depth, "");
}

/* The length of the UTF-8 character at @s, and the character; 0 for other bytes. */
static size_t decode(const unsigned char *s, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = *s < 0x80 ? 1 : *s >> 5 == 6 ? 2 : *s >> 4 == 14 ? 3 : *s >> 3 == 30 ? 4 : 0;

	*c = len == 1 ? *s : *s & (0x7f >> len);
	for (size_t i = 1; i < len; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		*c = *c << 6 | (s[i] & 0x3f);
	}
	return *c < least[len] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000) ? 0 : len;
}

/* How many bytes at @s need no look: nearly all that there are. */
static size_t plain(const char *s)
{
	size_t len = 0;

	while (s[len] >= ' ' && s[len] <= '~' && s[len] != '"' && s[len] != '\\')
		len++;
	return len;
}

/* Returns whether it is UTF-8; other bytes become replacement characters. */
static bool put_escaped(struct json *json, const char *text)
{
	static const char escapes[] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
		['"'] = '"', ['\\'] = '\\',
	};
	bool valid = true;

	fputc('"', json->out);
	while (*text) {
		uint32_t c;
		size_t len = plain(text);

		if (len) {
			fwrite(text, 1, len, json->out);
			text += len;
			continue;
		}
		len = decode((const unsigned char *)text, &c);
		if (!len)
			fputs("\xef\xbf\xbd", json->out);
		else if (c < sizeof(escapes) && escapes[c])
			fprintf(json->out, "\\%c", escapes[c]);
		else if (c < ' ' || (c >= 0x7f && c < 0xa0))
			fprintf(json->out, "\\u%04x", c);
		else
			fwrite(text, 1, len, json->out);
		valid = valid && len;
		text += len ? len : 1;
	}
	fputc('"', json->out);
	return valid;
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

/* The bytes of a string in hexadecimal. */
void json_hex(struct json *json, const char *key, const char *text)
{
	begin_value(json, key);
	fputc('"', json->out);
	while (*text)
		fprintf(json->out, "%02x", (unsigned char)*text++);
	fputc('"', json->out);
}

/*
 * @text: NULL for null. Of what is not UTF-8 the bytes follow as KEY_hex, unless it is in
 * an array; false says so.
 */
bool json_text(struct json *json, const char *key, const char *text)
{
	bool valid = true;
	char hex_key[64];

	begin_value(json, key);
	if (text)
		valid = put_escaped(json, text);
	else
		fputs("null", json->out);
	if (valid || !key)
		return valid;
	snprintf(hex_key, sizeof(hex_key), "%s_hex", key);
	json_hex(json, hex_key, text);
	return false;
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
