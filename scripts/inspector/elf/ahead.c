// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unpacking thousands of modules takes ten times as long as reading them. Threads unpack
 * them, in the order in which the main thread asks for them; the main thread does
 * everything else. Threads print nothing: the main thread repeats what failed, and says
 * why it failed.
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unpack.h"
#include "../inspector.h"

/* More threads than this unpack faster than the main thread reads. */
#define THREADS_MAX 16

/*
 * Unpacked files that nobody has asked for yet. Each is open: they may use a quarter of
 * the open files that a process can have, usually 1024.
 */
#define SLOTS_MAX 256
#define SLOTS_SHARE 4

/* Bytes of all of them, and of one; the main thread unpacks larger ones. */
#define AHEAD_MAX (1024UL << 20)
#define FILE_MAX (64UL << 20)

/* A file that is unpacked ahead. */
struct slot {
	int fd;		/* what was packed in it, or -1 */
	size_t size;	/* of that, in bytes */
	bool done;	/* its thread has finished */
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t threads[THREADS_MAX];
	size_t nr_threads;
	const char **names;	/* the packed files, in the order they are asked for */
	size_t nr;
	size_t asked;	/* index of the first one that can still be asked for */
	size_t begun;	/* index of the first one that no thread has begun */
	struct slot slots[SLOTS_MAX];	/* those between the two, by index modulo @nr_slots */
	size_t nr_slots;
	size_t bytes;	/* of @slots, now or later */
} ahead = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static struct slot unpack_file(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct slot slot = { .fd = -1, .done = true };
	struct stat st;

	if (fd < 0)
		return slot;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && is_packed(fd))
		unpack(fd, FILE_MAX, &slot.fd, &slot.size);
	if (slot.fd < 0)
		slot.size = 0;
	close(fd);
	return slot;
}

static bool is_space(void)
{
	return ahead.begun < ahead.asked + ahead.nr_slots &&
	       ahead.bytes + FILE_MAX <= AHEAD_MAX;
}

static void *work(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&ahead.lock);
	while (ahead.begun < ahead.nr) {
		struct slot *slot, result;
		const char *name;

		if (!is_space()) {
			pthread_cond_wait(&ahead.changed, &ahead.lock);
			continue;
		}
		name = ahead.names[ahead.begun];
		slot = &ahead.slots[ahead.begun++ % ahead.nr_slots];
		slot->done = false;
		ahead.bytes += FILE_MAX;
		pthread_mutex_unlock(&ahead.lock);

		result = unpack_file(name);

		pthread_mutex_lock(&ahead.lock);
		ahead.bytes -= FILE_MAX - result.size;
		*slot = result;
		pthread_cond_broadcast(&ahead.changed);
	}
	pthread_mutex_unlock(&ahead.lock);
	return NULL;
}

static size_t nr_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : CPU_COUNT(&set);
}

static size_t nr_slots(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 0;
	return limit.rlim_cur / SLOTS_SHARE < SLOTS_MAX ? limit.rlim_cur / SLOTS_SHARE :
							  SLOTS_MAX;
}

/* As many as there are processors, slots and files. */
static size_t nr_threads(void)
{
	size_t nr = nr_processors();

	if (nr > THREADS_MAX)
		nr = THREADS_MAX;
	if (nr > ahead.nr_slots)
		nr = ahead.nr_slots;
	return nr > ahead.nr ? ahead.nr : nr;
}

static bool is_packed_name(const char *name)
{
	const char *end = strrchr(name, '.');

	return end && (equal(end, ".xz") || equal(end, ".gz") || equal(end, ".zst"));
}

/* Starts to unpack @files, which must stay until ahead_end(). */
void ahead_begin(const struct files *files)
{
	size_t wanted;

	ahead.names = must_alloc(files->nr, sizeof(*ahead.names));
	for (size_t i = 0; i < files->nr; i++)
		if (!files->paths[i].wrong && is_packed_name(files->paths[i].name))
			ahead.names[ahead.nr++] = files->paths[i].name;
	ahead.nr_slots = nr_slots();
	wanted = nr_threads();
	/* One thread gains nothing: the main thread would wait for it. */
	if (wanted < 2)
		return;
	while (ahead.nr_threads < wanted &&
	       !pthread_create(&ahead.threads[ahead.nr_threads], NULL, work, NULL))
		ahead.nr_threads++;
}

/* Takes the oldest file out of its slot. */
static struct slot next_slot(void)
{
	struct slot *slot = &ahead.slots[ahead.asked % ahead.nr_slots], result;

	while (ahead.asked == ahead.begun || !slot->done)
		pthread_cond_wait(&ahead.changed, &ahead.lock);
	result = *slot;
	ahead.bytes -= result.size;
	ahead.asked++;
	pthread_cond_broadcast(&ahead.changed);
	return result;
}

/* A new file with what was packed in file @name, or -1 if nobody has unpacked it. */
int ahead_take(const char *name, size_t *size)
{
	struct slot slot = { .fd = -1 };
	size_t index = ahead.asked;

	while (index < ahead.nr && !equal(ahead.names[index], name))
		index++;
	if (!ahead.nr_threads || index == ahead.nr)
		return -1;
	pthread_mutex_lock(&ahead.lock);
	while (ahead.asked <= index) {
		/* The files before it could not even be opened. */
		if (slot.fd >= 0)
			close(slot.fd);
		slot = next_slot();
	}
	pthread_mutex_unlock(&ahead.lock);
	*size = slot.size;
	return slot.fd;
}

/* Call it when no more files will be asked for. */
void ahead_end(void)
{
	pthread_mutex_lock(&ahead.lock);
	ahead.nr = ahead.begun;
	pthread_cond_broadcast(&ahead.changed);
	pthread_mutex_unlock(&ahead.lock);
	for (size_t i = 0; i < ahead.nr_threads; i++)
		pthread_join(ahead.threads[i], NULL);
	for (; ahead.asked < ahead.begun; ahead.asked++) {
		struct slot *slot = &ahead.slots[ahead.asked % ahead.nr_slots];

		if (slot->fd >= 0)
			close(slot->fd);
	}
	free(ahead.names);
	ahead.names = NULL;
	ahead.nr_threads = 0;
	ahead.nr = 0;
	ahead.asked = 0;
	ahead.begun = 0;
	ahead.bytes = 0;
}
