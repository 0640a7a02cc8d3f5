// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unpacking thousands of modules takes ten times as long as reading them. Threads unpack
 * them, in the order in which the main thread asks for them; it does all the rest alone.
 * The threads print nothing: the main thread unpacks again what they could not, and says
 * why.
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

#include "ahead.h"
#include "inspector.h"

/* The main thread cannot read what more of them unpack. */
#define THREADS_MAX 16

/*
 * Files that are unpacked and not asked for yet. Each of them is open: they get a quarter
 * of the open files that a process can have, mostly 1024.
 */
#define SLOTS_MAX 256
#define SLOTS_SHARE 4

/* Bytes of all of them, and of one: the main thread unpacks a larger one. */
#define AHEAD_MAX (1024UL << 20)
#define FILE_MAX (64UL << 20)

/**
 * struct slot - a file that is unpacked ahead
 * @fd: what was packed in it, or -1
 * @size: of that, in bytes
 * @done: its thread has finished
 */
struct slot {
	int fd;
	size_t size;
	bool done;
};

/*
 * @names: of the packed files, in the order in which they are asked for
 * @asked: index of the first one that can still be asked for
 * @begun: index of the first one that no thread has begun
 * @slots: of those between the two, by index modulo @nr_slots
 * @bytes: that these have, or can still get
 */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t threads[THREADS_MAX];
	size_t nr_threads;
	const char **names;
	size_t nr;
	size_t asked;
	size_t begun;
	struct slot slots[SLOTS_MAX];
	size_t nr_slots;
	size_t bytes;
} ahead = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static struct slot unpack_file(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct slot slot = { .fd = -1, .done = true };
	struct stat st;

	if (fd < 0)
		return slot;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && is_packed(fd))
		slot.fd = unpack_some(fd, FILE_MAX, &slot.size);
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

/**
 * ahead_begin() - start to unpack files
 * @files: that will be asked for, in this order; to be kept until ahead_end()
 */
void ahead_begin(const struct files *files)
{
	size_t wanted;

	ahead.names = must_alloc(files->nr, sizeof(*ahead.names));
	for (size_t i = 0; i < files->nr; i++)
		if (!files->paths[i].wrong && is_packed_name(files->paths[i].name))
			ahead.names[ahead.nr++] = files->paths[i].name;
	ahead.nr_slots = nr_slots();
	wanted = nr_threads();
	/* A thread beside this one, which waits for it, would be no gain. */
	if (wanted < 2)
		return;
	while (ahead.nr_threads < wanted &&
	       !pthread_create(&ahead.threads[ahead.nr_threads], NULL, work, NULL))
		ahead.nr_threads++;
}

/* The oldest file that is unpacked; nobody asks for it again. */
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

/**
 * ahead_take() - what was unpacked ahead
 * @name: of the packed file
 * @size: set to the size unpacked, in bytes
 *
 * Return: a file with what was packed, or -1 if it has to be unpacked now.
 */
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
		/* Those before it were not asked for: they could not be read. */
		if (slot.fd >= 0)
			close(slot.fd);
		slot = next_slot();
	}
	pthread_mutex_unlock(&ahead.lock);
	*size = slot.size;
	return slot.fd;
}

/* ahead_end() - no more files are asked for */
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
