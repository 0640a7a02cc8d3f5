// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests for the log of hi.
 *
 * They have a copy of the log, with other function names. hi_log_init() is __init:
 * the kernel frees it once its module is live, so hi cannot export it. The tests
 * that call it are __init as well, and they are an init section suite.
 */

#define hi_log_init	hi_kunit_log_init
#define hi_log_free	hi_kunit_log_free
#define hi_log_add	hi_kunit_log_add
#define hi_log_read	hi_kunit_log_read
#define hi_event_print	hi_kunit_event_print
#include "../hi_log.c"

#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/module.h>

static int hi_log_test_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct hi_log), GFP_KERNEL);

	return test->priv ? 0 : -ENOMEM;
}

static void hi_log_test_exit(struct kunit *test)
{
	if (test->priv)
		hi_log_free(test->priv);
}

static struct hi_log *__init make_log(struct kunit *test, unsigned int depth)
{
	struct hi_log *log = test->priv;

	KUNIT_ASSERT_EQ(test, hi_log_init(log, depth), 0);

	return log;
}

static void expect_event(struct kunit *test, u64 seq, u64 expected)
{
	struct hi_event event = { .seq = ~expected };

	KUNIT_EXPECT_TRUE(test, hi_log_read(test->priv, seq, &event));
	KUNIT_EXPECT_EQ(test, event.seq, expected);
}

static void expect_none(struct kunit *test, u64 seq)
{
	struct hi_event event;

	KUNIT_EXPECT_FALSE(test, hi_log_read(test->priv, seq, &event));
}

static void __init hi_log_test_bad_depth(struct kunit *test)
{
	static const unsigned int bad[] = { 0, HI_LOG_DEPTH_MAX + 1, UINT_MAX };
	struct hi_log *log = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_EQ(test, hi_log_init(log, bad[i]), -EINVAL);
		KUNIT_EXPECT_PTR_EQ(test, log->ring, NULL);
	}
}

static void __init hi_log_test_largest_depth(struct kunit *test)
{
	struct hi_log *log = make_log(test, HI_LOG_DEPTH_MAX);
	u64 i;

	for (i = 0; i <= HI_LOG_DEPTH_MAX; i++)
		hi_log_add(log, "live", "a");
	expect_event(test, 0, 1);
	expect_event(test, HI_LOG_DEPTH_MAX, HI_LOG_DEPTH_MAX);
	expect_none(test, HI_LOG_DEPTH_MAX + 1);
}

static void __init hi_log_test_empty(struct kunit *test)
{
	make_log(test, 4);

	expect_none(test, 0);
	expect_none(test, 4);
	expect_none(test, U64_MAX);
}

static void __init hi_log_test_order(struct kunit *test)
{
	static const char * const states[] = { "coming", "live", "going" };
	static const char * const modules[] = { "a", "b", "c" };
	struct hi_log *log = make_log(test, 4);
	struct timespec64 last = { 0 };
	struct hi_event event;
	u64 i;

	for (i = 0; i < 3; i++)
		hi_log_add(log, states[i], modules[i]);

	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_TRUE(test, hi_log_read(log, i, &event));
		KUNIT_EXPECT_EQ(test, event.seq, i);
		KUNIT_EXPECT_STREQ(test, event.state, states[i]);
		KUNIT_EXPECT_STREQ(test, event.module, modules[i]);
		KUNIT_EXPECT_LE(test, timespec64_compare(&last, &event.time), 0);
		last = event.time;
	}
	expect_none(test, 3);
}

static void __init hi_log_test_overflow(struct kunit *test)
{
	struct hi_log *log = make_log(test, 4);
	u64 i;

	/* Full, but nothing overwritten. */
	for (i = 0; i < 4; i++)
		hi_log_add(log, "live", "a");
	for (i = 0; i < 4; i++)
		expect_event(test, i, i);

	/* One more overwrites the oldest. */
	hi_log_add(log, "live", "a");
	expect_event(test, 0, 1);
	expect_event(test, 4, 4);
	expect_none(test, 5);
}

static void __init hi_log_test_overtaken(struct kunit *test)
{
	struct hi_log *log = make_log(test, 4);
	u64 i;

	for (i = 0; i < 10; i++)
		hi_log_add(log, "live", "a");

	/* The oldest event takes the place of those that were overwritten. */
	for (i = 0; i < 6; i++)
		expect_event(test, i, 6);
	for (i = 6; i < 10; i++)
		expect_event(test, i, i);
	expect_none(test, 10);
}

static void __init hi_log_test_depth_of_one(struct kunit *test)
{
	struct hi_log *log = make_log(test, 1);

	hi_log_add(log, "live", "a");
	expect_event(test, 0, 0);
	hi_log_add(log, "going", "a");
	expect_event(test, 0, 1);
	expect_none(test, 2);
}

static void __init hi_log_test_large_numbers(struct kunit *test)
{
	struct hi_log *log = make_log(test, 3);
	u64 first = (1ULL << 33) + 1, i;

	log->next = first;
	for (i = 0; i < 4; i++)
		hi_log_add(log, "live", "a");
	expect_event(test, first, first + 1);
	for (i = 1; i < 4; i++)
		expect_event(test, first + i, first + i);
	expect_none(test, first + 4);
}

static void __init hi_log_test_long_name(struct kunit *test)
{
	struct hi_log *log = make_log(test, 1);
	char name[MODULE_NAME_LEN + 2];
	struct hi_event event;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	hi_log_add(log, "live", name);
	KUNIT_ASSERT_TRUE(test, hi_log_read(log, 0, &event));
	KUNIT_EXPECT_EQ(test, strlen(event.module), (size_t)MODULE_NAME_LEN - 1);
}

static void __init hi_log_test_print(struct kunit *test)
{
	struct hi_event event = {
		.seq = 12, .time = { 3, 4005678 }, .state = "live", .module = "a",
	};
	char buf[HI_RECORD_SIZE];

	KUNIT_EXPECT_EQ(test, hi_event_print(&event, buf, sizeof(buf)), 19);
	KUNIT_EXPECT_STREQ(test, buf, "12 3.004005 live a\n");
}

static void __init hi_log_test_print_longest(struct kunit *test)
{
	struct hi_event event = {
		.seq = U64_MAX, .time = { U64_MAX / NSEC_PER_SEC, 999999999 },
		.state = "coming",
	};
	char buf[HI_RECORD_SIZE + 1];
	int len;

	memset(event.module, 'x', sizeof(event.module) - 1);
	len = hi_event_print(&event, buf, sizeof(buf));
	KUNIT_EXPECT_LE(test, len, HI_RECORD_SIZE - 1);
	KUNIT_EXPECT_EQ(test, buf[len - 1], '\n');
}

/* A reader that waits. */
struct hi_log_test_reader {
	struct wait_queue_entry entry;
	struct hi_log *log;
	u64 seq;	/* number of the event it waits for */
	int woken;
};

/* A woken reader looks at once. If the event came later, it would sleep again. */
static int hi_log_test_woken(struct wait_queue_entry *entry, unsigned int mode,
			     int flags, void *key)
{
	struct hi_log_test_reader *reader;
	struct hi_event event;

	reader = container_of(entry, struct hi_log_test_reader, entry);
	reader->woken++;
	if (hi_log_read(reader->log, reader->seq, &event))
		reader->seq++;

	return 0;
}

static void __init hi_log_test_wake(struct kunit *test)
{
	struct hi_log *log = make_log(test, 4);
	struct hi_log_test_reader reader = { .log = log };
	int i;

	init_waitqueue_func_entry(&reader.entry, hi_log_test_woken);
	add_wait_queue(&log->wait, &reader.entry);
	for (i = 1; i <= 3; i++) {
		hi_log_add(log, "live", "a");
		KUNIT_EXPECT_EQ(test, reader.woken, i);
		KUNIT_EXPECT_EQ(test, reader.seq, i);
	}
	remove_wait_queue(&log->wait, &reader.entry);
}

/* Not __initdata: KUnit reads results from it after boot. */
static struct kunit_case __refdata hi_log_test_cases[] = {
	KUNIT_CASE(hi_log_test_bad_depth),
	KUNIT_CASE(hi_log_test_largest_depth),
	KUNIT_CASE(hi_log_test_empty),
	KUNIT_CASE(hi_log_test_order),
	KUNIT_CASE(hi_log_test_overflow),
	KUNIT_CASE(hi_log_test_overtaken),
	KUNIT_CASE(hi_log_test_depth_of_one),
	KUNIT_CASE(hi_log_test_large_numbers),
	KUNIT_CASE(hi_log_test_long_name),
	KUNIT_CASE(hi_log_test_print),
	KUNIT_CASE(hi_log_test_print_longest),
	KUNIT_CASE(hi_log_test_wake),
	{}
};

static struct kunit_suite hi_log_test_suite = {
	.name = "hi_log",
	.init = hi_log_test_init,
	.exit = hi_log_test_exit,
	.test_cases = hi_log_test_cases,
};

kunit_test_init_section_suites(&hi_log_test_suite);

MODULE_AUTHOR("hi developers <hi@example.org>");
MODULE_DESCRIPTION("KUnit tests for the log of hi");
MODULE_LICENSE("GPL");
