// SPDX-License-Identifier: GPL-2.0-only
/* Unit tests of what the inspector takes apart by hand. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include <lzma.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "inspector.h"
#include "elf/unpack.h"

static void check(const char *name, const char *module, const char *function)
{
	struct initcall call = { 0 };

	assert_true(initcall_parse(name, &call));
	assert_int_equal(call.module_len, strlen(module));
	assert_memory_equal(call.module, module, call.module_len);
	assert_int_equal(call.function_len, strlen(function));
	assert_memory_equal(call.function, function, call.function_len);
}

static void test_initcall(void **state)
{
	(void)state;
	check("__initcall__kmod_hi__118_29_hi_init6", "hi", "hi_init");
	check("__initcall__kmod_hi__118_29_hi_init7s", "hi", "hi_init");
	check("__initcall__kmod_hi__1_2_f6", "hi", "f");
}

static void test_initcall_levels(void **state)
{
	(void)state;
	check("__initcall__kmod_core__1_2_bus_initearly", "core", "bus_init");
	check("__initcall__kmod_initramfs__3_4_fillrootfs", "initramfs", "fill");
	check("__initcall__kmod_vt__5_6_con_initcon", "vt", "con_init");
	check("__initcall__kmod_ipv6__7_8_init_v46", "ipv6", "init_v4");
}

static void test_initcall_names(void **state)
{
	(void)state;
	check("__initcall__kmod_a__b__1_2_init6", "a__b", "init");
	check("__initcall__kmod_a__1_b__1_2_init6", "a__1_b", "init");
	check("__initcall__kmod_8250__9_10__init6", "8250", "_init");
	check("__initcall__kmod___x__9_10_init6", "__x", "init");
}

static void test_no_initcall(void **state)
{
	struct initcall call;

	(void)state;
	assert_false(initcall_parse("hi_init", &call));
	assert_false(initcall_parse("", &call));
	assert_false(initcall_parse("__initcall__kmod_", &call));
	assert_false(initcall_parse("__initcall__kmod_hi", &call));
	assert_false(initcall_parse("__initcall__kmod_hi__1", &call));
	assert_false(initcall_parse("__initcall__kmod_hi__1_2", &call));
	assert_false(initcall_parse("__initcall__kmod_hi__1_2_", &call));
	assert_false(initcall_parse("__initcall__kmod_hi__1_2_f", &call));
	assert_false(initcall_parse("__initcall__kmod_hi__x_2_init6", &call));
}

static void test_module_name_equal(void **state)
{
	(void)state;
	assert_true(module_name_equal("hi_cleanup", "hi-cleanup"));
	assert_true(module_name_equal("", ""));
	assert_false(module_name_equal("hi", "hi_"));
	assert_false(module_name_equal("hi", "ha"));
}

static void test_padding_names(void **state)
{
	(void)state;
	assert_true(is_padding_name("__pfx_f"));
	assert_true(is_padding_name("__cfi_f"));
	assert_true(is_padding_name("__pi___pfx_f"));
	assert_false(is_padding_name("__pi_f"));
	assert_false(is_padding_name("_pfx_f"));
	assert_false(is_padding_name("__pfx"));
	assert_false(is_padding_name(""));
	assert_true(is_cfi_name("__cfi_f"));
	assert_true(is_cfi_name("__pi___cfi_f"));
	assert_false(is_cfi_name("__pfx___cfi_f"));
	assert_true(is_padding_of("__pfx_f", "f"));
	assert_true(is_padding_of("__pfx_f.constprop.0", "f.constprop.0"));
	assert_true(is_padding_of("__pfx___cfi_f", "__cfi_f"));
	assert_true(is_padding_of("__pi___pfx_f", "__pi_f"));
	assert_false(is_padding_of("__pfx_f", "f.constprop.0"));
	assert_false(is_padding_of("__pfx_f", "__pi_f"));
	assert_false(is_padding_of("__pi___pfx_f", "f"));
	assert_false(is_padding_of("f", "f"));
}

#define PACKED 5

/* Files of one byte: '0', '1', ... */
static void make_packed(struct files *files, char *directory)
{
	for (unsigned char i = 0; i < PACKED; i++) {
		char *name = must_printf("%s/%u.xz", directory, i);
		unsigned char byte = '0' + i, packed[256];
		FILE *file = fopen(name, "we");
		size_t len = 0;

		assert_non_null(file);
		assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, &byte, 1,
							 packed, &len, sizeof(packed)), LZMA_OK);
		/* That of 2 is not whole. */
		assert_int_equal(fwrite(packed, 1, i == 2 ? len / 2 : len, file),
				 i == 2 ? len / 2 : len);
		fclose(file);
		files_add(files, name, true);
		free(name);
	}
}

static void check_taken(const char *name, char byte)
{
	char got = 0;
	size_t size;
	int fd = ahead_take(name, &size);

	assert_true(fd >= 0);
	assert_int_equal(size, 1);
	assert_int_equal(pread(fd, &got, 1, 0), 1);
	assert_int_equal(got, byte);
	close(fd);
}

/* Threads have unpacked what is asked for, whatever was passed over. */
static void test_ahead(void **state)
{
	char directory[] = "/tmp/inspector-unit.XXXXXX";
	struct files files = { 0 };
	cpu_set_t set;
	size_t size;

	(void)state;
	if (sched_getaffinity(0, sizeof(set), &set) || CPU_COUNT(&set) < 2)
		skip();
	assert_non_null(mkdtemp(directory));
	make_packed(&files, directory);
	ahead_begin(&files);
	assert_int_equal(ahead_take("other.xz", &size), -1);
	check_taken(files.paths[1].name, '1');
	assert_int_equal(ahead_take(files.paths[0].name, &size), -1);
	assert_int_equal(ahead_take(files.paths[2].name, &size), -1);
	check_taken(files.paths[3].name, '3');
	ahead_end();
	for (size_t i = 0; i < files.nr; i++)
		unlink(files.paths[i].name);
	rmdir(directory);
	files_free(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_initcall),
		cmocka_unit_test(test_initcall_levels),
		cmocka_unit_test(test_initcall_names),
		cmocka_unit_test(test_no_initcall),
		cmocka_unit_test(test_module_name_equal),
		cmocka_unit_test(test_padding_names),
		cmocka_unit_test(test_ahead),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("inspector", tests, NULL, NULL);
}
