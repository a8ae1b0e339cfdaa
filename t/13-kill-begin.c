/* t/13-kill-begin: killed at any instruction of taking over a slot, no gauge comes back and no total falls */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/step.h"
#include "t/lib/tap.h"

#define COUNTED	5		/* by the lives before */

static struct sample *s;
static uint64_t value;

/* The master's part of a spawn. */
static void
spawn(void)
{
	struct cadre_shm_life life = { .state = CADRE_STATE_STARTING,
	    .generation = ++s->generation };

	cadre__anchor_baseline(s->anchor, 0);
	cadre__anchor_life(s->anchor, 0, &life);
}

static void
set(uint64_t n)
{
	value = n;
}

static void
take_over(void)
{
	cadre__slot_begin(&s->worker[0], s->slot[0], s->anchor->view,
	    s->generation, 0, value);
}

static int
read_slot(const struct cadre_region *r, uint64_t *ret_n)
{
	uint64_t v[SAMPLE_METRICS], life[SAMPLE_METRICS];
	struct cadre_cursor c = { 0, 0 };
	struct cadre_shm_health h[8];
	struct cadre_shm_status st;
	int err = cadre_region_status(r, 0, 0, &st), n;

	if (err < 0)
		return err;
	*ret_n = st.stamp_ns;
	if (cadre_region_totals(r, v, SAMPLE_METRICS) < 0 ||
	    cadre_region_life(r, 0, 0, life, SAMPLE_METRICS) < 0)
		return -EPROTO;
	n = cadre_region_health(r, 0, 0, &c, h, 8);
	for (int i = 0; i < n; i++)
		if (h[i].flags != CADRE_HEALTH_FIRST || h[i].open != 0)
			return -EPROTO;
	return n > 0 && c.lost == 0 &&
	    v[SAMPLE_OPEN] == 0 && v[SAMPLE_DEPTH] == 0 &&
	    v[SAMPLE_JOBS] == COUNTED && life[SAMPLE_JOBS] == 0 ? 0 : -EPROTO;
}

int
main(void)
{
	static const struct step_op op = {
		"slot taken over", spawn, set, take_over, read_slot
	};

	s = sample_new();
	sample_spawn(s, 0);
	*sample_word(s, 0, SAMPLE_JOBS) = COUNTED;
	*sample_word(s, 0, SAMPLE_DEPTH) = 77;
	s->worker[0].head->open = 3;
	sample_end(s, 0, CADRE_STATE_EMPTY);
	spawn();
	step_test(s, &op);
	sample_free(s);
	return done_testing();
}
