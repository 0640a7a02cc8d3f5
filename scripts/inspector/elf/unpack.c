// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files packed by gzip, xz or zstd, as scripts/Makefile.modinst packs modules.
 *
 * libdw unpacks too, but Debian 12's does not know zstd, and nothing limits how much
 * memory a small hostile file can make it allocate. The result is a file in memory, so
 * that libelf and libdwfl can read it like any other.
 */

#include <errno.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "unpack.h"
#include "../inspector.h"

/* The input that is left, and where to write. */
struct stream {
	const unsigned char *in;
	size_t in_left;
	unsigned char *out;
	size_t out_left;
};

enum progress {
	MORE,
	END,		/* of a frame; another one can follow */
	DAMAGED,
};

/* A format. */
struct packer {
	const char *magic;	/* the file's first bytes */
	size_t magic_len;
	void *(*begin)(void);	/* returns the state, NULL without memory */
	enum progress (*step)(void *state, struct stream *st);	/* as far as input or space go */
	void (*end)(void *state);	/* frees the state */
};

static void *gzip_begin(void)
{
	z_stream *z = must_alloc(1, sizeof(*z));

	if (inflateInit2(z, 16 + MAX_WBITS) != Z_OK) {
		free(z);
		return NULL;
	}
	return z;
}

static enum progress gzip_step(void *state, struct stream *st)
{
	z_stream *z = state;
	int ret;

	z->next_in = (unsigned char *)st->in;
	z->avail_in = st->in_left;
	z->next_out = st->out;
	z->avail_out = st->out_left;
	ret = inflate(z, Z_NO_FLUSH);
	*st = (struct stream){ z->next_in, z->avail_in, z->next_out, z->avail_out };
	if (ret == Z_STREAM_END)
		return inflateReset(z) == Z_OK ? END : DAMAGED;
	return ret == Z_OK || ret == Z_BUF_ERROR ? MORE : DAMAGED;
}

static void gzip_end(void *state)
{
	inflateEnd(state);
	free(state);
}

static void *xz_begin(void)
{
	static const lzma_stream fresh = LZMA_STREAM_INIT;
	lzma_stream *xz = must_alloc(1, sizeof(*xz));

	*xz = fresh;
	if (lzma_stream_decoder(xz, UNPACKED_MAX, 0) != LZMA_OK) {
		free(xz);
		return NULL;
	}
	return xz;
}

static enum progress xz_step(void *state, struct stream *st)
{
	lzma_stream *xz = state;
	lzma_ret ret;

	xz->next_in = st->in;
	xz->avail_in = st->in_left;
	xz->next_out = st->out;
	xz->avail_out = st->out_left;
	ret = lzma_code(xz, LZMA_RUN);
	*st = (struct stream){ xz->next_in, xz->avail_in, xz->next_out, xz->avail_out };
	if (ret == LZMA_STREAM_END)
		return END;
	return ret == LZMA_OK || ret == LZMA_BUF_ERROR ? MORE : DAMAGED;
}

static void xz_end(void *state)
{
	lzma_end(state);
	free(state);
}

static void *zstd_begin(void)
{
	return ZSTD_createDCtx();
}

static enum progress zstd_step(void *state, struct stream *st)
{
	ZSTD_outBuffer out = { st->out, st->out_left, 0 };
	ZSTD_inBuffer in = { st->in, st->in_left, 0 };
	size_t ret = ZSTD_decompressStream(state, &out, &in);

	*st = (struct stream){ st->in + in.pos, st->in_left - in.pos,
			       st->out + out.pos, st->out_left - out.pos };
	if (ZSTD_isError(ret))
		return DAMAGED;
	return ret ? MORE : END;
}

static void zstd_end(void *state)
{
	ZSTD_freeDCtx(state);
}

static const struct packer packers[] = {
	{ "\x1f\x8b", 2, gzip_begin, gzip_step, gzip_end },
	{ "\xfd" "7zXZ", 5, xz_begin, xz_step, xz_end },
	{ "\x28\xb5\x2f\xfd", 4, zstd_begin, zstd_step, zstd_end },
};

static const struct packer *find_packer(int fd)
{
	char head[8] = "";

	if (pread(fd, head, sizeof(head), 0) < 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(packers); i++)
		if (!memcmp(head, packers[i].magic, packers[i].magic_len))
			return &packers[i];
	return NULL;
}

bool is_packed(int fd)
{
	return find_packer(fd);
}

static const char *write_all(int fd, const unsigned char *mem, size_t len)
{
	while (len) {
		ssize_t ret = write(fd, mem, len);

		if (ret < 0)
			return strerror(errno);
		mem += ret;
		len -= ret;
	}
	return NULL;
}

/* Unpacks the input of @st. Returns NULL or what is wrong. */
static const char *unpack_piece(const struct packer *packer, void *state,
				struct stream *st, int to, size_t max, size_t *size,
				enum progress *progress)
{
	static _Thread_local unsigned char unpacked[256 * 1024];

	do {
		size_t in_left = st->in_left, len;
		const char *wrong;

		st->out = unpacked;
		st->out_left = sizeof(unpacked);
		*progress = packer->step(state, st);
		len = sizeof(unpacked) - st->out_left;
		if (*progress == DAMAGED || (in_left && st->in_left == in_left && !len))
			return "damaged";
		*size += len;
		if (*size > max)
			return "more than 512 MiB when unpacked";
		wrong = write_all(to, unpacked, len);
		if (wrong)
			return wrong;
	} while (st->in_left || !st->out_left);
	return NULL;
}

/* Unpacks all of a file. Returns NULL or what is wrong. */
static const char *unpack_all(const struct packer *packer, void *state, int from,
			      int to, size_t max, size_t *size)
{
	static _Thread_local unsigned char packed[64 * 1024];
	enum progress progress = MORE;
	ssize_t len;

	while ((len = read(from, packed, sizeof(packed))) > 0) {
		struct stream st = { .in = packed, .in_left = len };
		const char *wrong = unpack_piece(packer, state, &st, to, max,
						 size, &progress);

		if (wrong)
			return wrong;
	}
	if (len < 0)
		return strerror(errno);
	return progress == END ? NULL : "truncated";
}

/**
 * unpack() - unpack a file
 * @fd: the file; is_packed() is true
 * @max: the most bytes that it may have when unpacked
 * @to: set to a new file with the unpacked bytes, or -1
 * @size: set to their number
 *
 * Return: NULL or what is wrong. Prints nothing: threads call it.
 */
const char *unpack(int fd, size_t max, int *to, size_t *size)
{
	const struct packer *packer = find_packer(fd);
	void *state = packer->begin();
	const char *wrong;

	*to = memfd_create("unpacked", MFD_CLOEXEC);
	*size = 0;
	if (*to < 0 || lseek(fd, 0, SEEK_SET))
		wrong = strerror(errno);
	else if (!state)
		wrong = "out of memory";
	else
		wrong = unpack_all(packer, state, fd, *to, max, size);
	if (state)
		packer->end(state);
	if (wrong && *to >= 0) {
		close(*to);
		*to = -1;
	}
	return wrong;
}
