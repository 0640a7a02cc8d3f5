// SPDX-License-Identifier: GPL-2.0-only

#include <string.h>

#include "bytes.h"

void bytes_skip(struct bytes *bytes, uint64_t nr)
{
	if (nr > bytes->left) {
		bytes->short_of = true;
		nr = bytes->left;
	}
	bytes->at += nr;
	bytes->left -= nr;
}

/* @size: 8 at most */
uint64_t bytes_number(struct bytes *bytes, size_t size)
{
	const unsigned char *at = bytes->at;
	uint64_t number = 0;

	bytes_skip(bytes, size);
	if (bytes->short_of)
		return 0;
	for (size_t i = 0; i < size; i++)
		number = number << 8 | at[bytes->big_endian ? i : size - 1 - i];
	return number;
}

/* Unsigned LEB128, DWARF 5, 7.6; of more than 64 bits the low ones. */
uint64_t bytes_leb128(struct bytes *bytes)
{
	uint64_t number = 0, byte;
	unsigned int shift = 0;

	/* Nearly all numbers of .debug_abbrev have one byte. */
	if (bytes->left && !(*bytes->at & 0x80)) {
		bytes->left--;
		return *bytes->at++;
	}
	do {
		byte = bytes_number(bytes, 1);
		if (shift < 64)
			number |= (byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return number;
}

/* NULL where it does not end */
const char *bytes_string(struct bytes *bytes)
{
	const char *string = (const char *)bytes->at;
	const char *end = memchr(string, '\0', bytes->left);

	bytes_skip(bytes, end ? (size_t)(end - string) + 1 : bytes->left + 1);
	return end ? string : NULL;
}

/* The same from another place on; @bytes are all of a section. */
struct bytes bytes_from(const struct bytes *bytes, uint64_t offset)
{
	struct bytes from = *bytes;

	bytes_skip(&from, offset);
	return from;
}
