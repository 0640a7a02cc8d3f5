// SPDX-License-Identifier: GPL-2.0-only

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "inspector.h"
#include "text.h"

/* How people see one character of a string, or one byte that is none. */
struct piece {
	char text[8];
	size_t len;
	size_t columns;
};

/* Characters that reorder what is around them, or show nothing. */
static bool is_hidden(wchar_t c)
{
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

static const char *next_piece(const char *s, struct piece *piece)
{
	mbstate_t state = { 0 };
	wchar_t c = 0;
	size_t len;

	if (*s >= ' ' && *s <= '~') {
		*piece = (struct piece){ { *s }, 1, 1 };
		return s + 1;
	}
	len = mbrtowc(&c, s, strlen(s), &state);
	if (len <= 6 && iswprint(c) && !is_hidden(c) && wcwidth(c) >= 0) {
		memcpy(piece->text, s, len);
		piece->len = len;
		piece->columns = wcwidth(c);
		return s + len;
	}
	/* Of a character that is not printable, byte by byte. */
	snprintf(piece->text, sizeof(piece->text), "\\x%02x", (unsigned char)*s);
	piece->len = 4;
	piece->columns = 4;
	return s + 1;
}

void field_put(struct field *field, const char *s)
{
	while (*s && !field->cut) {
		struct piece piece;

		s = next_piece(s, &piece);
		if (field->columns + piece.columns > field->width ||
		    field->len + piece.len >= sizeof(field->text) - 3) {
			field->cut = true;
			strcpy(field->text + field->mark, "...");
			return;
		}
		memcpy(field->text + field->len, piece.text, piece.len);
		field->len += piece.len;
		field->columns += piece.columns;
		field->text[field->len] = '\0';
		if (field->columns + 3 <= field->width)
			field->mark = field->len;
	}
}

/* The same; of a long path the end is kept, which tells more than the beginning. */
void field_put_path(struct field *field, const char *s)
{
	size_t room = field->width - field->columns, columns = text_columns(s);

	if (columns > room && room > 3) {
		field_put(field, "...");
		while (columns > room - 3) {
			struct piece piece;

			s = next_piece(s, &piece);
			columns -= piece.columns;
		}
	}
	field_put(field, s);
}

size_t text_columns(const char *s)
{
	size_t columns = 0;
	struct piece piece;

	while (*s) {
		s = next_piece(s, &piece);
		columns += piece.columns;
	}
	return columns;
}

/* All of a string as people see it; allocated. */
char *text_visible(const char *s)
{
	char *text = must_alloc(strlen(s) * 4 + 1, 1), *end = text;
	struct piece piece;

	while (*s) {
		s = next_piece(s, &piece);
		memcpy(end, piece.text, piece.len);
		end += piece.len;
	}
	return text;
}
