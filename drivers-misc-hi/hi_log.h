/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log of hi: the last events, numbered, in a ring.
 */

#ifndef _HI_LOG_H
#define _HI_LOG_H

#include <linux/build_bug.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/time64.h>
#include <linux/types.h>
#include <linux/wait.h>

#define HI_LOG_DEPTH_MAX	65536

/* User space relies on it: no record is longer. All but the name takes 48 bytes. */
#define HI_RECORD_SIZE		128
static_assert(48 + MODULE_NAME_LEN <= HI_RECORD_SIZE);

/**
 * struct hi_event - a module was loaded or unloaded
 * @seq: number of the event; the first is 0, and none is left out
 * @time: time of the event by the monotonic clock
 * @state: new state of the module: a string that is not copied
 * @module: name of the module, copied: it may be unloaded before this is read
 */
struct hi_event {
	u64 seq;
	struct timespec64 time;
	const char *state;
	char module[MODULE_NAME_LEN];
};

/**
 * struct hi_log - the last events
 * @lock: protects @next and the events in @ring
 * @wait: tasks that wait for the next event
 * @next: number of the next event
 * @depth: number of events that @ring holds
 * @ring: the events; number n is at n modulo @depth
 */
struct hi_log {
	spinlock_t lock;	/* never held while sleeping */
	wait_queue_head_t wait;
	u64 next;
	unsigned int depth;
	struct hi_event *ring;
};

int hi_log_init(struct hi_log *log, unsigned int depth);
void hi_log_free(struct hi_log *log);
void hi_log_add(struct hi_log *log, const char *state, const char *module);
bool hi_log_read(struct hi_log *log, u64 seq, struct hi_event *event);
int hi_event_print(const struct hi_event *event, char *buf, size_t size);

#endif /* _HI_LOG_H */
