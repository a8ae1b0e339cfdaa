/* t/16-early-death: a life that died before it began did nothing, whatever its successor adds */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/sample.h"
#include "t/lib/tap.h"

/* A row of the next generation, which never gets to write in its slot. */
static void
stillborn(struct sample *s)
{
	cadre__anchor_baseline(s->anchor, 0);
	s->life[0] = (struct cadre_shm_life){ .generation = ++s->generation };
	sample_state(s, 0, CADRE_STATE_BACKOFF);
}

int
main(void)
{
	struct sample *s = sample_new();
	uint64_t v[SAMPLE_METRICS];

	sample_spawn(s, 0);
	cadre_counter_add((void *)sample_word(s, 0, SAMPLE_JOBS), 7);
	sample_end(s, 0, CADRE_STATE_BACKOFF);
	stillborn(s);
	ok(cadre_region_life(s->region, 0, 0, v, SAMPLE_METRICS) > 0,
	    "it is there to be read");
	is_u64(v[SAMPLE_JOBS], 0, "and did nothing");

	/* Its successor was forked and counts before its row is there. */
	cadre__anchor_baseline(s->anchor, 0);
	cadre__slot_begin(&s->worker[0], s->slot[0], s->anchor->view,
	    s->generation + 1, 0, 1);
	cadre_counter_add((void *)sample_word(s, 0, SAMPLE_JOBS), 5);
	is_int(cadre_region_life(s->region, 0, 0, v, SAMPLE_METRICS), -EAGAIN,
	    "between two lives there are no figures, rather than wrong ones");
	s->life[0].generation = ++s->generation;
	sample_state(s, 0, CADRE_STATE_UP);
	ok(cadre_region_life(s->region, 0, 0, v, SAMPLE_METRICS) > 0,
	    "with its row it is the successor");
	is_u64(v[SAMPLE_JOBS], 5, "whose figures are its own");
	cadre_region_totals(s->region, v, SAMPLE_METRICS);
	is_u64(v[SAMPLE_JOBS], 12, "the total has all");
	sample_free(s);
	return done_testing();
}
