// SPDX-License-Identifier: GPL-2.0-only
/* Unit tests of what the inspector takes apart by hand. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "inspector.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_initcall),
		cmocka_unit_test(test_initcall_levels),
		cmocka_unit_test(test_initcall_names),
		cmocka_unit_test(test_no_initcall),
		cmocka_unit_test(test_module_name_equal),
		cmocka_unit_test(test_padding_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("inspector", tests, NULL, NULL);
}
