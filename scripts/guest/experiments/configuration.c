// SPDX-License-Identifier: GPL-2.0-only
/* C9: what the kernel's configuration makes possible. */

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/module.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "experiments.h"

#define TAINT_FORCED_MODULE 1

/* --- modules that do not fit ---------------------------------------------- */

static char image[4 << 20];

static size_t read_module(const char *path)
{
	FILE *file = fopen(path, "re");
	size_t size;

	must(file, "%s: %m", path);
	size = fread(image, 1, sizeof(image), file);
	must(size && feof(file), "%s is empty, too long, or cannot be read", path);
	fclose(file);

	return size;
}

static void write_module(const char *path, size_t size)
{
	FILE *file = fopen(path, "we");

	must(file && fwrite(image, 1, size, file) == size && fclose(file) == 0, "%s: %m", path);
}

static const ElfW(Shdr) *section(const char *name)
{
	const ElfW(Ehdr) *elf = (const void *)image;
	const ElfW(Shdr) *sections = (const void *)(image + elf->e_shoff);
	const char *names = image + sections[elf->e_shstrndx].sh_offset;
	int i;

	for (i = 0; i < elf->e_shnum; i++)
		if (!strcmp(names + sections[i].sh_name, name))
			return &sections[i];
	fail("the module has no section %s", name);
}

/* hi.ko as if it were built for another kernel: another letter in its vermagic, AT. */
static void make_wrong_vermagic(const char *at)
{
	size_t size = read_module("/modules/hi.ko");
	const ElfW(Shdr) *modinfo = section(".modinfo");
	char *vermagic = memmem(image + modinfo->sh_offset, modinfo->sh_size, "vermagic=", 9);
	char *place = vermagic ? strstr(vermagic, at) : NULL;

	must(place, "hi.ko has no %s in its vermagic", at);
	place[strlen(at) - 1]++;
	write_module("/tmp/vermagic.ko", size);
	note("made /tmp/vermagic.ko: hi.ko with %s\n", vermagic);
}

/* Where the version of a symbol is in the first form: a table of versions with names of a fixed size. */
static char *basic_version(const char *symbol)
{
	const ElfW(Shdr) *versions = section("__versions");
	char *name = memmem(image + versions->sh_offset, versions->sh_size, symbol, strlen(symbol) + 1);

	must(name, "__versions has no %s", symbol);

	return name - sizeof(unsigned long);
}

/* And in the second: the n-th number is that of the n-th name. The kernel then reads only this one. */
static char *extended_version(const char *symbol)
{
	const ElfW(Shdr) *crcs = section("__version_ext_crcs"), *names = section("__version_ext_names");
	const char *name = image + names->sh_offset, *end = name + names->sh_size;
	int i;

	for (i = 0; name < end && strcmp(name, symbol); i++)
		name += strlen(name) + 1;
	must(name < end, "__version_ext_names has no %s", symbol);

	return image + crcs->sh_offset + i * 4;
}

/* hi.ko as if misc_register() had changed since it was built. */
static void make_wrong_version(void)
{
	size_t size = read_module("/modules/hi.ko");

	*basic_version("misc_register") ^= 1;
	if (changed("extended"))
		*extended_version("misc_register") ^= 1;
	write_module("/tmp/version.ko", size);
	note("made /tmp/version.ko: hi.ko with another version of misc_register\n");
}

/* --- loading by force ------------------------------------------------------ */

static void must_refuse(const char *path, int flags, int expected)
{
	int error = load_with(path, "", flags);

	must(error == expected, "loading %s with flags %d: %d, not %d", path, flags, error, expected);
	must_be_absent();
}

static void wrong_vermagic_is_refused(void)
{
	must_refuse("/tmp/vermagic.ko", 0, -ENOEXEC);
	log_must_say("hi: version magic '");
	log_must_say("' should be '");
	command(1, "insmod /tmp/vermagic.ko");
	command_must_say("Invalid module format");
}

/* The first figure of the kernel's release, as it stands in a vermagic. */
static const char *release_in_vermagic(void)
{
	static char text[] = "vermagic=?";
	struct utsname system;

	must(!uname(&system), "uname: %m");
	text[sizeof(text) - 2] = system.release[0];

	return text;
}

static void force_is_refused(void)
{
	make_wrong_vermagic(release_in_vermagic());
	wrong_vermagic_is_refused();
	must_refuse("/tmp/vermagic.ko", MODULE_INIT_IGNORE_VERMAGIC, -ENOEXEC);
	command(1, "insmod -f /tmp/vermagic.ko");
	command_must_say("Invalid module format");
}

static void load_by_force(const char *path, int flags)
{
	int error;

	taints(TAINT_FORCED_MODULE);
	error = load_with(path, "", flags);
	must(!error, "loading %s by force: %d", path, error);
	/* A stock kernel adds E: the module has no signature. */
	must(strchr(content("/sys/module/hi/taint"), 'F'), "/sys/module/hi/taint has no F");
	must(taint() & 1 << TAINT_FORCED_MODULE, "the kernel is not tainted F, but %ld", taint());
	must_work();
	unload("hi", 0);
	must_be_absent();
}

/* Versions of symbols say more than that of the kernel, which is not looked at then. */
static void other_kernel_same_versions(void)
{
	make_wrong_vermagic(release_in_vermagic());
	must(!load_with("/tmp/vermagic.ko", "", 0), "hi.ko of another kernel does not load");
	must_be_listed("hi", "Live");
	must_work();
	unload("hi", 0);
}

static void force_works(void)
{
	make_wrong_vermagic(" mod_unload");
	wrong_vermagic_is_refused();
	load_by_force("/tmp/vermagic.ko", MODULE_INIT_IGNORE_VERMAGIC);
}

static void wrong_version(void)
{
	make_wrong_version();
	must_refuse("/tmp/version.ko", 0, -EINVAL);
	log_must_say("hi: disagrees about version of symbol misc_register");
	load_by_force("/tmp/version.ko", MODULE_INIT_IGNORE_MODVERSIONS);
}

/* --- and the rest ---------------------------------------------------------- */

static void unloading_in_use_by_force(void)
{
	int error, fd;

	load("hi", "", 0);
	fd = open_device();
	error = unload_with("hi", O_TRUNC);
	must(error == -EWOULDBLOCK, "unloading by force: %d, not -EWOULDBLOCK", error);
	must_be_listed("hi", "Live");
	close(fd);
	unload("hi", 0);
}

static void no_srcversion(void)
{
	load("hi", "", 0);
	must(!exists("/sys/module/hi/srcversion"), "there is a /sys/module/hi/srcversion");
	unload("hi", 0);
}

static void srcversion(void)
{
	char *expected;

	command(0, "modinfo -F srcversion /modules/hi.ko");
	expected = command_output;
	expected[strcspn(expected, "\n")] = '\0';
	must(strlen(expected) > 20, "the srcversion is '%s'", expected);
	load("hi", "", 0);
	must_contain("/sys/module/hi/srcversion", expected);
	unload("hi", 0);
}

static void nothing_unloads(void)
{
	struct module_line line;

	stays("empty_exit");
	load("empty_exit", "", 0);
	must(listed("empty_exit", &line) && !strcmp(line.users, "-"),
	     "/proc/modules counts references of what cannot go");
	must(!exists("/sys/module/empty_exit/refcnt"), "/sys/module counts references of what cannot go");
	unload("empty_exit", -ENOSYS);
	must(unload_with("empty_exit", O_TRUNC) == -ENOSYS, "unloading by force is known");
	command(1, "rmmod empty_exit");
	command_must_say("Module unloading is not supported");
	must_be_listed("empty_exit", "Live");
}

static void others_load_and_unload(void)
{
	must(!exists("/sys/module/hi/refcnt"), "hi has a reference count, though it is built in");
	command(0, "insmod /modules/empty_exit.ko");
	must_be_listed("empty_exit", "Live");
	command(0, "rmmod empty_exit");
	must_not_be_listed("empty_exit");
	command(0, "lsmod");
	must(!strstr(command_output, "\nhi "), "lsmod lists hi, though it is built in");
}

static void no_modules(void)
{
	int error;

	must(!exists("/proc/modules"), "there is a /proc/modules");
	error = load_with("/init", "", 0);
	must(error == -ENOSYS, "finit_module: %d, not -ENOSYS", error);
	unload("hi", -ENOSYS);
	command(1, "insmod /init");
	command_must_say("Function not implemented");
}

const struct experiment configuration[] = {
	{ "main", "C9", USUAL, "a module with a wrong vermagic is refused, by force too", force_is_refused },
	{ "main", "C9", USUAL, "forced unloading of a module in use is refused", unloading_in_use_by_force },
	{ "main", "C9", USUAL, "without CONFIG_MODULE_SRCVERSION_ALL, no source checksum", no_srcversion },
	{ "main", "C9", FORCED | STOCK, "the source checksum is shown", srcversion, KMOD | SRCVERSION },
	{ "main", "C9", FORCED | STOCK, "with symbol versions, the kernel's version does not count", other_kernel_same_versions, VERSIONS },
	{ "main", "C9", FORCED | STOCK, "a module with a wrong vermagic loads by force only, and taints F", force_works, FORCE_LOAD },
	{ "main", "C9", FORCED | STOCK, "a module with another symbol version loads by force only, and taints F", wrong_version, FORCE_LOAD | VERSIONS },
	{ "main", "C9", NOUNLOAD, "modules load and never unload", nothing_unloads },
	{ "main", "C9", NOUNLOAD, "a module with a wrong vermagic is refused, by force too", force_is_refused },
	{ "at-boot", "C9", BUILTIN, "the driver is not a module, others load and unload", others_load_and_unload },
	{ "at-boot", "C9", NOMODULES, "there are no modules at all", no_modules },
	{ },
};
