/* t/15-events-race: against a fast writer no event is torn, and read + lost is what was pushed */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "t/lib/sample.h"
#include "t/lib/tap.h"

static struct sample *s;
static struct cadre_shm_event e[CADRE_EVENT_RECORDS + 1];

/* Every word of the event says which it is. */
static void
push(uint64_t i)
{
	struct cadre_shm_event one = { .kind = CADRE_EVENT_SPAWNED,
	    .seat = (uint32_t)i, .generation = i, .healths = 99,
	    .text_bytes = 9999, .duration_ns = i };

	memset(one.text, (int)(i % 251), sizeof(one.text));
	one.health[7].errors = i;
	cadre__anchor_event(s->anchor, &one);
}

static int
whole(const struct cadre_shm_event *one)
{
	for (size_t i = 0; i < sizeof(one->text); i++)
		if ((unsigned char)one->text[i] != one->generation % 251)
			return 0;
	return one->seat == one->generation && one->health[7].errors ==
	    one->generation && one->duration_ns == one->generation;
}

/* Read while the master writes; returns how many were read. */
static uint64_t
race(uint64_t from, uint64_t to, struct cadre_cursor *c, unsigned int *ret_bad)
{
	uint64_t got = 0, last = from - 1;
	int status, n, done;
	pid_t pid = fork();

	if (pid == 0) {
		for (uint64_t i = from; i < to; i++)
			push(i);
		_exit(0);
	}
	do {
		done = waitpid(pid, &status, WNOHANG) == pid;
		while ((n = cadre_region_events(s->region, c, e, 16)) > 0) {
			for (int i = 0; i < n; i++) {
				*ret_bad += !whole(&e[i]) ||
				    e[i].number <= last;
				last = e[i].number;
			}
			got += (uint64_t)n;
		}
	} while (!done);
	return got;
}

int
main(void)
{
	struct cadre_cursor c = { 0, 0 };
	unsigned int bad = 0;
	uint64_t got;

	s = sample_new();
	/* The forked process plays the master. */
	madvise(s->anchor->map, s->anchor->places.anchor_bytes, MADV_DOFORK);
	push(1);
	got = (uint64_t)cadre_region_events(s->region, &c, e, 9);
	got += race(2, 200001, &c, &bad);
	is_int(bad, 0, "none torn, all in order");
	ok(got > 1, "%llu were read", (unsigned long long)got);
	is_u64(got + c.lost, 200000, "read + lost = pushed");
	sample_free(s);
	return done_testing();
}
