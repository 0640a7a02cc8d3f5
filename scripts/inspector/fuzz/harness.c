// SPDX-License-Identifier: GPL-2.0-only
/*
 * For AFL++: reads each input as "sections FILE" does, and makes the reports.
 * The input is a file in memory, so that what is fuzzed is what users run.
 */

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel/kernel.h"
#include "report/report.h"

static const struct crc crcs[] = { { "printk", 0x1234 } };
static const struct kernel kernel = {
	.layout = { .size = 80, .name = 0, .init = 64, .exit = 72 },
	.crcs = (struct crc *)crcs,
	.nr_crcs = ARRAY_SIZE(crcs),
	.extended = true,
};

static void inspect(const char *path)
{
	struct request req = { .filter.relocations = true };
	struct judgement judgement;
	struct image img;

	if (!image_read(&img, path, &req.filter)) {
		list_add(&req, &img);
		req.json = true;
		list_add(&req, &img);
		audit_begin(&req);
		audit_add(&req, &img);
		rows_free(&req.rows);
		if (!kernel_judge(&kernel, &img, &judgement))
			free(judgement.why);
	}
	image_close(&img);
}

#ifdef __AFL_FUZZ_TESTCASE_LEN
__AFL_FUZZ_INIT();

int main(void)
{
	int fd = memfd_create("input", 0);
	char path[sizeof("/proc/self/fd/") + 12];
	unsigned char *input;

	if (fd < 0 || !freopen("/dev/null", "w", stdout))
		return EXIT_MACHINE;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	elf_version(EV_CURRENT);
	__AFL_INIT();
	input = __AFL_FUZZ_TESTCASE_BUF;
	while (__AFL_LOOP(10000)) {
		ssize_t len = __AFL_FUZZ_TESTCASE_LEN;

		if (ftruncate(fd, 0) || pwrite(fd, input, len, 0) != len)
			abort();
		inspect(path);
	}
	return 0;
}
#else
/* Without AFL++: the files named, to look at a finding or for coverage. */
int main(int argc, char **argv)
{
	if (!freopen("/dev/null", "w", stdout))
		return EXIT_MACHINE;
	elf_version(EV_CURRENT);
	for (int i = 1; i < argc; i++)
		inspect(argv[i]);
	return 0;
}
#endif
