// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the text of @name@.
 *
 * The tests have a copy of it, with other function names. @name@_text_init() is __init:
 * the kernel frees it once its module is live, so @name@ cannot export it. The tests
 * that call it are __init as well, and they are an init section suite.
 */

#define @name@_text_init	@name@_kunit_text_init
#define @name@_text_free	@name@_kunit_text_free
#define @name@_text_read	@name@_kunit_text_read
#define @name@_text_set		@name@_kunit_text_set
#define @name@_text_write	@name@_kunit_text_write
#include "../@name@_text.c"

#include <kunit/test.h>
#include <linux/module.h>

static void __init @name@_test_bad_size(struct kunit *test)
{
	struct @name@_text text;

	KUNIT_EXPECT_EQ(test, @name@_text_init(&text, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, @name@_text_init(&text, 65537), -EINVAL);
}

static void __init @name@_test_set(struct kunit *test)
{
	struct @name@_text text;

	KUNIT_ASSERT_EQ(test, @name@_text_init(&text, 4), 0);
	KUNIT_EXPECT_EQ(test, text.length, 0);
	KUNIT_EXPECT_EQ(test, @name@_text_set(&text, "four", 4), 0);
	KUNIT_EXPECT_EQ(test, text.length, 4);
	KUNIT_EXPECT_MEMEQ(test, text.bytes, "four", 4);
	@name@_text_free(&text);
}

static void __init @name@_test_too_long(struct kunit *test)
{
	struct @name@_text text;

	KUNIT_ASSERT_EQ(test, @name@_text_init(&text, 4), 0);
	KUNIT_EXPECT_EQ(test, @name@_text_set(&text, "abc", 3), 0);
	KUNIT_EXPECT_EQ(test, @name@_text_set(&text, "fives", 5), -ENOSPC);
	KUNIT_EXPECT_EQ(test, text.length, 3);
	@name@_text_free(&text);
}

static struct kunit_case @name@_cases[] = {
	KUNIT_CASE(@name@_test_bad_size),
	KUNIT_CASE(@name@_test_set),
	KUNIT_CASE(@name@_test_too_long),
	{}
};

static struct kunit_suite @name@_suite = {
	.name		= "@name@",
	.test_cases	= @name@_cases,
};
kunit_test_init_section_suites(&@name@_suite);

MODULE_AUTHOR("@author@ <@email@>");
MODULE_DESCRIPTION("KUnit tests for the text of @name@");
MODULE_LICENSE("GPL");
