/* t/13-kill-row: killed at any instruction, a row of the slot table and a counter are old or new */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/mman.h>

#include "t/lib/sample.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

static struct sample *s;
static uint64_t value;

static void
set(uint64_t v)
{
	value = v;
}

static void
write_life(void *arg)
{
	struct cadre_shm_life life = { .state = CADRE_STATE_UP };

	(void)arg;
	life.generation = life.pid = life.start = life.ready_ns = value;
	cadre__anchor_life(s->anchor, 2, &life);
}

static int
read_life(uint64_t *ret_value)
{
	struct cadre_shm_life l;
	struct cadre_seat_view v;

	if (cadre_region_seat(s->region, 1, &v) < 0)
		return -1;
	l = v.newest.life;
	*ret_value = l.generation;
	return l.pid == l.generation && l.start == l.generation &&
	    l.ready_ns == l.generation && v.state == CADRE_STATE_UP ? 0 : -1;
}

static void
add(void *arg)
{
	(void)arg;
	cadre_counter_add((void *)sample_word(s, 0, SAMPLE_JOBS), 1);
}

static int
read_counter(uint64_t *ret_value)
{
	uint64_t v[SAMPLE_METRICS];

	cadre_region_totals(s->region, v, SAMPLE_METRICS);
	*ret_value = v[SAMPLE_JOBS];
	return 0;
}

int
main(void)
{
	const struct step_op life = { "row", set, write_life, read_life };
	const struct step_op counter = { "counter", set, add, read_counter };

	s = sample_new();
	/* The process that is killed writes the master's row here. */
	madvise(s->anchor->map, s->anchor->places.anchor_bytes, MADV_DOFORK);
	sample_spawn(s, 0);
	set(1);
	write_life(NULL);
	step_test(&life);
	step_test(&counter);
	sample_free(s);
	return done_testing();
}
