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

/* How many characters at @s everybody can see, one byte each: nearly all that there are. */
static size_t plain(const char *s)
{
	size_t len = 0;

	while (s[len] >= ' ' && s[len] <= '~')
		len++;
	return len;
}

void field_begin(struct field *field, size_t width)
{
	*field->text = '\0';
	field->len = 0;
	field->columns = 0;
	field->width = width;
	field->mark = 0;
	field->cut = false;
}

/* Returns false if it does not fit. */
static bool append(struct field *field, const char *text, size_t len, size_t columns)
{
	if (field->columns + columns > field->width ||
	    field->len + len >= sizeof(field->text) - 3)
		return false;
	memcpy(field->text + field->len, text, len);
	field->len += len;
	field->columns += columns;
	field->text[field->len] = '\0';
	if (field->columns + 3 <= field->width)
		field->mark = field->len;
	return true;
}

void field_put(struct field *field, const char *s)
{
	while (*s && !field->cut) {
		size_t room = field->width - field->columns, len = plain(s);
		struct piece piece;
		bool fits;

		/* All of it, or up to where "..." can begin, and then each character. */
		if (len > room)
			len = room > 3 ? room - 3 : 0;
		else if (field->columns + len + 3 > field->width && room > 3)
			len = room - 3 < len ? room - 3 : len;
		if (len) {
			fits = append(field, s, len, len);
			s += len;
		} else {
			s = next_piece(s, &piece);
			fits = append(field, piece.text, piece.len, piece.columns);
		}
		if (!fits) {
			field->cut = true;
			memcpy(field->text + field->mark, "...", sizeof("..."));
		}
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
	size_t columns = plain(s);
	struct piece piece;

	s += columns;
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
		size_t len = plain(s);

		memcpy(end, s, len);
		end += len;
		s += len;
		if (!*s)
			break;
		s = next_piece(s, &piece);
		memcpy(end, piece.text, piece.len);
		end += piece.len;
	}
	return text;
}
