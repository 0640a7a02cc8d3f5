// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files packed by zstd. libdw unpacks them too, but only where it was built with
 * libzstd: Debian 12's was not.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "inspector.h"

/**
 * is_zstd() - whether a file is packed by zstd
 * @fd: the file
 */
bool is_zstd(int fd)
{
	static const unsigned char magic[] = { 0x28, 0xb5, 0x2f, 0xfd };
	unsigned char head[sizeof(magic)];

	return pread(fd, head, sizeof(head), 0) == sizeof(head) &&
	       !memcmp(head, magic, sizeof(magic));
}

/*
 * Unpacks what @in has to the end of @out, which grows as needed. Returns what
 * ZSTD_decompressStream() does: 0 at the end of a frame, or an error.
 */
static size_t unpack(ZSTD_DCtx *ctx, ZSTD_outBuffer *out, ZSTD_inBuffer *in)
{
	size_t ret;

	do {
		if (out->pos == out->size) {
			out->size = 2 * out->size + ZSTD_DStreamOutSize();
			out->dst = must_realloc(out->dst, out->size);
		}
		ret = ZSTD_decompressStream(ctx, out, in);
	} while (!ZSTD_isError(ret) &&
		 (in->pos < in->size || (ret && out->pos == out->size)));
	return ret;
}

/**
 * unpack_zstd() - unpack a file
 * @path: its name, for messages
 * @fd: the file, at its beginning
 * @size: set to the size unpacked, in bytes
 *
 * Return: what was unpacked, allocated, or NULL after a message.
 */
void *unpack_zstd(const char *path, int fd, size_t *size)
{
	ZSTD_DCtx *ctx = ZSTD_createDCtx();
	ZSTD_outBuffer out = { 0 };
	static char packed[64 * 1024];
	size_t ret = 1;
	ssize_t len;

	while ((len = read(fd, packed, sizeof(packed))) > 0) {
		ZSTD_inBuffer in = { packed, len, 0 };

		ret = unpack(ctx, &out, &in);
		if (ZSTD_isError(ret))
			break;
	}
	ZSTD_freeDCtx(ctx);
	if (!len && !ret) {
		*size = out.pos;
		return out.dst;
	}
	complain(path, NULL, "cannot be unpacked: %s",
		 len < 0 ? strerror(errno) :
		 ZSTD_isError(ret) ? ZSTD_getErrorName(ret) : "truncated");
	free(out.dst);
	return NULL;
}
