/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers and strings out of a file's bytes, never from beyond their end. */
#ifndef INSPECTOR_BYTES_H
#define INSPECTOR_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct bytes - what is left to read
 * @at: the next byte
 * @left: how many there are
 * @big_endian: byte order of the file
 * @short_of: more was asked for than there is; all further reads give 0
 */
struct bytes {
	const unsigned char *at;
	size_t left;
	bool big_endian;
	bool short_of;
};

void bytes_skip(struct bytes *bytes, uint64_t nr);
uint64_t bytes_number(struct bytes *bytes, size_t size);
uint64_t bytes_leb128(struct bytes *bytes);
const char *bytes_string(struct bytes *bytes);
struct bytes bytes_from(const struct bytes *bytes, uint64_t offset);

#endif
