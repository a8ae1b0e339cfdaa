/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The second thread. The two never wait for each other: on a machine with
 * fewer free processors than threads that would cost more than the reading.
 * So it may pair a word with the value meant for another; a lie is a lie.
 */
#include "t/fuzz/liar.h"

#include <pthread.h>
#include <sched.h>

#include "shm/atomic.h"

#define IDLE_SPINS	1000	/* then others may have the processor */

static struct {
	uint64_t	at, lie, truth;
} words[SMALL_LIES];
static uint64_t count;

static void
put(uint64_t i, const uint64_t *value)
{
	shm_store((uint64_t *)(uintptr_t)shm_load(&words[i].at),
	    shm_load(value));
}

static void *
lie(void *arg)
{
	uint64_t n, idle = 0;

	for (;;) {
		n = shm_load(&count);
		shm_fence_load();	/* count, then words: liar_begin() */
		for (uint64_t i = 0; i < n; i++)
			put(i, &words[i].lie);
		for (uint64_t i = 0; i < n; i++)
			put(i, &words[i].truth);
		idle = n > 0 ? 0 : idle + 1;
		if (idle > IDLE_SPINS)
			sched_yield();
	}
	return arg;
}

void
liar_begin(const struct small_lie *lies, unsigned int n)
{
	static bool started;
	pthread_t thread;

	for (unsigned int i = 0; i < n; i++) {
		shm_store(&words[i].at, (uintptr_t)lies[i].at);
		shm_store(&words[i].lie, lies[i].lie);
		shm_store(&words[i].truth, shm_load(lies[i].at));
	}
	shm_fence_store();	/* words, then count: lie() */
	shm_store(&count, n);
	if (!started) {
		claim(pthread_create(&thread, NULL, lie, NULL) == 0);
		pthread_detach(thread);
		started = true;
	}
}

void
liar_end(void)
{
	shm_store(&count, 0);
}
