// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of a kernel that have no symbols to inspect, and the vmlinux to use in their place.
 * The magic numbers: Documentation/arch/x86/boot.rst, arch/arm64/booting.rst,
 * arch/riscv/boot-image-header.rst, drivers/firmware/efi/libstub/zboot-header.S,
 * arch/arm/boot/compressed/head.S, U-Boot's include/image.h.
 */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wrong.h"

static const struct {
	off_t offset;
	const char *magic;
	const char *what;
} kinds[] = {
	{ 0x202, "HdrS", "a bzImage" },
	{ 56, "ARM\x64", "an arm64 Image" },
	{ 56, "RSC\x05", "a riscv Image" },
	{ 4, "zimg", "a packed EFI image (vmlinuz)" },
	{ 0x24, "\x18\x28\x6f\x01", "an arm zImage" },
	{ 0, "\x27\x05\x19\x56", "a uImage" },
};

static bool has_bytes(int fd, off_t offset, const char *bytes)
{
	char found[8] = "";
	size_t len = strlen(bytes);

	return pread(fd, found, len, offset) == (ssize_t)len && !memcmp(found, bytes, len);
}

/* kernel_version of the x86 boot protocol, allocated, or NULL */
static char *release_of(int fd)
{
	unsigned char at[2];
	char text[128] = "";

	if (!has_bytes(fd, 0x202, "HdrS") || pread(fd, at, sizeof(at), 0x20e) != sizeof(at) ||
	    pread(fd, text, sizeof(text) - 1, 0x200 + at[0] + at[1] * 256) <= 0)
		return NULL;
	return must_strndup(text, strcspn(text, " "));
}

static bool is_other_file(int fd, const char *path)
{
	struct stat a, b;

	return !fstat(fd, &a) && !stat(path, &b) && S_ISREG(b.st_mode) && !access(path, R_OK) &&
	       (a.st_dev != b.st_dev || a.st_ino != b.st_ino);
}

/* The vmlinux beside @path, or of the build whose arch/ARCH/boot/ it lies in; allocated, or NULL */
static char *built_vmlinux(const char *path, int fd)
{
	static const char * const names[] = { "vmlinux", "../../../vmlinux", "../../../../vmlinux" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *found = beside(path, names[i]);

		if (is_other_file(fd, found))
			return found;
		free(found);
	}
	return NULL;
}

/* That of a distribution's package with debug information; allocated, or NULL */
static char *packaged_vmlinux(const char *release, int fd)
{
	char *found = release ? must_printf("/usr/lib/debug/boot/vmlinux-%s", release) : NULL;

	if (found && is_other_file(fd, found))
		return found;
	free(found);
	return NULL;
}

/* @what: it is that, and has no symbols */
static void complain_instead(const struct image *img, const char *what)
{
	char *release = release_of(img->fd);
	char *found = built_vmlinux(img->path, img->fd);

	if (!found)
		found = packaged_vmlinux(release, img->fd);
	if (found)
		complain(img->path, NULL, "this is %s, which has no symbols: use %s", what, found);
	else
		complain(img->path, NULL, "this is %s, which has no symbols: use the vmlinux at the top of its build "
			 "directory, or that of a package with debug information (on Debian "
			 "linux-image-%s-dbg)", what, release ? release : "RELEASE");
	free(found);
	free(release);
}

/* Of a file that is no ELF file. */
void wrong_file(const struct image *img)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (has_bytes(img->fd, kinds[i].offset, kinds[i].magic)) {
			complain_instead(img, kinds[i].what);
			return;
		}
	complain(img->path, NULL, "not an ELF file");
}

static bool has_init_text(const struct image *img)
{
	for (size_t i = 0; i < img->nr_sections; i++)
		if (equal(img->sections[i].name, ".init.text"))
			return true;
	return false;
}

/* Of an ELF file without a symbol table. */
void wrong_no_symbols(const struct image *img)
{
	if (img->kind != IMAGE_VMLINUX)
		complain(img->path, NULL, "no symbol table: the file was stripped");
	else if (has_init_text(img))
		complain_instead(img, "a stripped vmlinux");
	else
		complain(img->path, NULL, "neither a module nor a vmlinux with symbols: there is no symbol table");
}
