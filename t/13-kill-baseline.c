/* t/13-kill-baseline: killed at any instruction of renewing a baseline, totals stay and the next spawn is right */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "shm/atomic.h"
#include "shm/region.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

#define COUNTED	1000		/* by the first life */

static struct sample *s;

static void
baseline(void)
{
	cadre__anchor_baseline(s->anchor, 0);
}

/* Where this much is there the next life has come, counted 1 and gone. */
static void
begin(void)
{
	const struct cadre_shm_slot *base =
	    (const void *)(s->anchor->map + s->anchor->places.baselines);

	if (base->generation != s->worker[0].head->generation)
		return;
	sample_spawn(s, 0);
	++*sample_word(s, 0, SAMPLE_JOBS);
	sample_end(s, 0, CADRE_STATE_EMPTY);
}

/* From its first word on, the ended life's own figures are not known. */
static int
read_baseline(const struct cadre_region *r, uint64_t *ret_n)
{
	const struct cadre_shm_slot *base =
	    (const void *)cadre__record(r, PART_BASELINES, 0);
	uint64_t v[SAMPLE_METRICS], life[SAMPLE_METRICS] = { 0 };
	int err;

	*ret_n = shm_load(&base->generation);
	err = cadre_region_life(r, 0, 0, life, SAMPLE_METRICS);
	if (cadre_region_totals(r, v, SAMPLE_METRICS) < 0)
		return -EPROTO;
	if (*ret_n == 0)		/* the first life; another had none */
		return v[SAMPLE_JOBS] == COUNTED && err >= 0 &&
		    life[SAMPLE_JOBS] == COUNTED ? 0 : -EPROTO;
	return v[SAMPLE_JOBS] == COUNTED + *ret_n - 1 && err == -EAGAIN ? 0 :
	    -EPROTO;
}

int
main(void)
{
	static const struct step_op op = {
		"baseline", begin, NULL, baseline, read_baseline
	};

	s = sample_new();
	sample_spawn(s, 0);
	/* In the long form every word that there is room for counts. */
	for (size_t at = s->anchor->places.values;
	    step_all() && at < s->anchor->places.front_bytes; at += 8)
		*(uint64_t *)(void *)(s->slot[0] + at) = at;
	*sample_word(s, 0, SAMPLE_JOBS) = COUNTED;
	sample_end(s, 0, CADRE_STATE_EMPTY);
	step_test(s, &op);
	sample_free(s);
	return done_testing();
}
