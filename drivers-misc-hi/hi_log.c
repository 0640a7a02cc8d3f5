// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log of hi: the last events, numbered, in a ring.
 *
 * The log knows nothing about modules, devices or readers. A reader asks for an
 * event by its number. If that event was overwritten, the reader gets the oldest
 * event that is left, and can tell so by its number.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "hi_log.h"

static struct hi_event *hi_log_slot(struct hi_log *log, u64 seq)
{
	u32 slot;

	lockdep_assert_held(&log->lock);
	div_u64_rem(seq, log->depth, &slot);

	return &log->ring[slot];
}

/**
 * hi_log_init() - make an empty log
 * @log: the log
 * @depth: number of events that it holds; a new event then overwrites the oldest
 *
 * Only init functions call this. So it is marked __init as well.
 *
 * Return: 0, -EINVAL for a bad depth, or -ENOMEM
 */
int __init hi_log_init(struct hi_log *log, unsigned int depth)
{
	if (!depth || depth > HI_LOG_DEPTH_MAX) {
		pr_err("depth must be 1 to %u, not %u\n", HI_LOG_DEPTH_MAX, depth);
		return -EINVAL;
	}

	log->ring = kvcalloc(depth, sizeof(*log->ring), GFP_KERNEL);
	if (!log->ring)
		return -ENOMEM;

	spin_lock_init(&log->lock);
	init_waitqueue_head(&log->wait);
	log->next = 0;
	log->depth = depth;

	return 0;
}

/**
 * hi_log_free() - undo hi_log_init()
 * @log: the log
 *
 * The exit function calls this, and so does an init function that fails in a later
 * step. So it is not marked __exit.
 */
void hi_log_free(struct hi_log *log)
{
	kvfree(log->ring);
}

/**
 * hi_log_add() - add an event and wake up the readers that wait for it
 * @log: the log
 * @state: new state of the module: a string that is not copied
 * @module: name of the module
 */
void hi_log_add(struct hi_log *log, const char *state, const char *module)
{
	struct hi_event *event;

	spin_lock(&log->lock);
	event = hi_log_slot(log, log->next);
	event->seq = log->next++;
	/* Under the lock, so that times are in the order of numbers. */
	ktime_get_ts64(&event->time);
	event->state = state;
	strscpy(event->module, module, sizeof(event->module));
	spin_unlock(&log->lock);

	wake_up_interruptible(&log->wait);
}

/**
 * hi_log_read() - read an event
 * @log: the log
 * @seq: number of the event
 * @event: where to copy the event to; if it was overwritten, the oldest event that
 *         is left, which has another number
 *
 * Return: true, or false if there is no such event yet
 */
bool hi_log_read(struct hi_log *log, u64 seq, struct hi_event *event)
{
	bool found;

	spin_lock(&log->lock);
	if (log->next > log->depth)
		seq = max(seq, log->next - log->depth);
	found = seq < log->next;
	if (found)
		*event = *hi_log_slot(log, seq);
	spin_unlock(&log->lock);

	return found;
}

/**
 * hi_event_print() - write an event in the form that user space reads
 * @event: the event
 * @buf: where to write
 * @size: size of @buf; HI_RECORD_SIZE is enough for any event
 *
 * Return: length of the record: a line, its newline included
 */
int hi_event_print(const struct hi_event *event, char *buf, size_t size)
{
	return scnprintf(buf, size, "%llu %lld.%06ld %s %s\n", event->seq,
			 event->time.tv_sec, event->time.tv_nsec / NSEC_PER_USEC,
			 event->state, event->module);
}
