/* t/16-lives: a life has its own figures, its gauges end with it, and totals never fall */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/sample.h"
#include "t/lib/tap.h"

static struct sample *s;
static uint64_t v[SAMPLE_METRICS];

static void
count(unsigned int slot, uint64_t jobs, int64_t depth)
{
	cadre_counter_add((void *)sample_word(s, slot, SAMPLE_JOBS), jobs);
	cadre_gauge_set((void *)sample_word(s, slot, SAMPLE_DEPTH), depth);
}

static void
life(unsigned int slot, uint64_t jobs, uint64_t depth, const char *when)
{
	is_int(cadre_region_life(s->region, slot / 2, slot % 2, v,
	    SAMPLE_METRICS), SAMPLE_METRICS, "%s: slot %u", when, slot);
	is_u64(v[SAMPLE_JOBS], jobs, "%s: its own count", when);
	is_u64(v[SAMPLE_DEPTH], depth, "%s: its gauge", when);
}

static void
total(uint64_t jobs, uint64_t depth, const char *when)
{
	cadre_region_totals(s->region, v, SAMPLE_METRICS);
	is_u64(v[SAMPLE_JOBS], jobs, "%s: total", when);
	is_u64(v[SAMPLE_DEPTH], depth, "%s: sum of gauges", when);
}

int
main(void)
{
	s = sample_new();
	is_int(cadre_region_life(s->region, 0, 0, v, 9), -ENOENT, "never used");
	sample_spawn(s, 0);
	count(0, 5, 3);
	life(0, 5, 3, "generation 1");
	sample_state(s, 0, CADRE_STATE_DRAINING);
	sample_spawn(s, 1);		/* as a reload does */
	count(1, 100, 20);
	total(105, 23, "two lives");
	sample_end(s, 0, CADRE_STATE_EMPTY);
	life(0, 5, 0, "ended");
	total(105, 20, "one ended");
	sample_end(s, 1, CADRE_STATE_BACKOFF);
	total(105, 0, "both ended");

	/* The next life in slot 0, step by step as the master does it. */
	cadre__anchor_baseline(s->anchor, 0);
	s->life[0] = (struct cadre_shm_life){ .generation = ++s->generation };
	sample_state(s, 0, CADRE_STATE_STARTING);
	total(105, 0, "before the new worker wrote");
	life(0, 0, 0, "before the new worker wrote");
	cadre__slot_begin(&s->worker[0], s->slot[0], s->anchor->view, 3, 0, 1);
	is_u64(*sample_word(s, 0, SAMPLE_DEPTH), 0, "it zeroed the old gauge");
	is_u64(*sample_word(s, 0, SAMPLE_JOBS), 5, "and no counter");
	count(0, 2, 1);
	life(0, 2, 1, "generation 3");
	total(107, 1, "it counts on");
	life(1, 100, 0, "the last life of the other slot");
	for (uint64_t i = 0; i < 50; i++) {
		sample_end(s, 0, CADRE_STATE_EMPTY);
		sample_spawn(s, 0);
		count(0, 1, 1);
		cadre_region_totals(s->region, v, SAMPLE_METRICS);
		if (v[SAMPLE_JOBS] != 108 + i)
			return 1;
	}
	total(157, 1, "50 generations later");
	sample_state(s, 0, 4711);
	total(157, 0, "a state unknown here is not taken for life");
	sample_free(s);
	return done_testing();
}
