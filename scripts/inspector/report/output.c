// SPDX-License-Identifier: GPL-2.0-only
/* Writes a file that the user has named, and never does harm to what is there. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"

/* Returns 0, or -1 with errno; closes @fd in any case. */
static int write_and_close(int fd, const char *text)
{
	size_t left = strlen(text);
	int error = fd < 0 ? errno : 0;

	while (left && !error) {
		ssize_t len = write(fd, text, left);

		if (len < 0 && errno != EINTR)
			error = errno;
		text += len > 0 ? len : 0;
		left -= len > 0 ? len : 0;
	}
	if (fd >= 0 && close(fd) && !error)
		error = errno;
	errno = error;
	return error ? -1 : 0;
}

static mode_t new_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* In one step: other programs see the old file or the new one. @old: NULL if there is none */
static int replace(const char *path, const struct stat *old, const char *text)
{
	char *temporary = must_printf("%s.XXXXXX", path);
	int fd = mkostemp(temporary, O_CLOEXEC), ret = -1;

	if (fd >= 0) {
		/* Only root can give a file away; for all others it is theirs already. */
		if (old && fchown(fd, old->st_uid, old->st_gid))
			errno = 0;
		if (fchmod(fd, old ? old->st_mode & 07777 : new_mode()))
			errno = 0;
		ret = write_and_close(fd, text);
		if (!ret)
			ret = rename(temporary, path);
		if (ret) {
			int error = errno;

			unlink(temporary);
			errno = error;
		}
	}
	free(temporary);
	return ret;
}

/* Links are followed: a regular file is replaced, anything else is written into. */
static int write_file(const char *path, const char *text)
{
	char *target = realpath(path, NULL);
	struct stat st;
	int ret;

	if (target && !stat(target, &st) && S_ISREG(st.st_mode))
		ret = replace(target, &st, text);
	else if (!target && errno == ENOENT && lstat(path, &st))
		ret = replace(path, NULL, text);
	else	/* or a link to a file that is not there yet */
		ret = write_and_close(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
					   O_NOCTTY, 0666), text);
	free(target);
	return ret;
}

/* Returns EXIT_GOOD, or another code after a message. */
enum exit_code output_write(const char *path, const char *text)
{
	if (!write_file(path, text))
		return EXIT_GOOD;
	complain(path, NULL, "%s", strerror(errno));
	switch (errno) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
	case EIO:
	case EPIPE:
		return EXIT_MACHINE;
	default:
		return EXIT_INPUT;
	}
}
