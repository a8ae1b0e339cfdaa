/* t/16-odd-rows: what does not fit into an anchor is not stored, and odd rows give no odd figures */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "shm/atomic.h"
#include "shm/region.h"
#include "t/lib/sample.h"
#include "t/lib/tap.h"

static struct sample *s;

static void
nothing_stored(void)
{
	const struct cadre_shm_life life = { .generation = 77 };
	size_t bytes = s->anchor->places.anchor_bytes;
	char *before = malloc(bytes);

	if (before == NULL)
		bail_out("no memory");
	memcpy(before, s->anchor->view, bytes);
	cadre__anchor_listener(s->anchor, 2, "tcp:127.0.0.1:1", "spread");
	cadre__anchor_queue(s->anchor, 2, 1, 1);
	cadre__anchor_life(s->anchor, SAMPLE_SLOTS, &life);
	cadre__anchor_baseline(s->anchor, SAMPLE_SLOTS);
	ok(memcmp(before, s->anchor->view, bytes) == 0, "listener, queue, "
	    "life and baseline that there is no room for: nothing is stored");
	free(before);
}

/* A counter in a place that no baseline has. */
static void
far_counter(void)
{
	const struct cadre__places *p = &s->anchor->places;
	struct cadre_shm_metric m = { .kind = CADRE_KIND_COUNTER,
	    .aggregate = CADRE_AGGREGATE_SUM, .bytes = 8, .name = "far",
	    .offset = p->slot_bytes - 8 };
	uint64_t v[SAMPLE_METRICS + 1];
	int i = cadre__anchor_metric(s->anchor, &m);

	is_int(i, SAMPLE_METRICS, "a counter at the end of the slot");
	*(uint64_t *)(void *)(s->slot[0] + m.offset) = 9;
	cadre_region_life(s->region, 0, 0, v, SAMPLE_METRICS + 1);
	is_u64(v[i], 9, "without a baseline all of it is this life's");
	v[SAMPLE_ERRORS] = 99;
	is_int(cadre_region_values(s->region, 0, v, SAMPLE_ERRORS),
	    SAMPLE_ERRORS, "less room than a run of metrics");
	is_u64(v[SAMPLE_ERRORS], 99, "and no more is stored");
	do
		i = cadre__anchor_metric(s->anchor, &m);
	while (i >= 0);
	is_int(i, -ENOSPC, "the schema gets full");
	is_int(cadre_region_metrics(s->region), (int)p->metrics_max,
	    "and is read to its end");
}

/* The baseline of the next life is there, its row is not yet. */
static void
between_lives(void)
{
	uint64_t v[SAMPLE_METRICS];

	*sample_word(s, 0, SAMPLE_JOBS) = 7;
	cadre__anchor_baseline(s->anchor, 0);
	is_int(cadre_region_life(s->region, 0, 0, v, SAMPLE_METRICS), -EAGAIN,
	    "between two lives a read ends, without figures");
}

static void
odd_health(void)
{
	struct cadre_shm_health h[8], *ring =
	    (void *)(s->slot[2] + s->anchor->places.health);

	sample_spawn(s, 2);			/* pushes the first */
	cadre__slot_health_push(&s->worker[2], 1, 0);
	cadre__slot_health_push(&s->worker[2], 2, 0);
	shm_store(&ring[1].flags, 0);		/* a kill in the middle */
	is_int(cadre__anchor_last_health(s->anchor, 2, h, 8), 2,
	    "of three records two are whole");
	ok(h[0].flags == CADRE_HEALTH_FIRST && h[1].mono_ns == 2, "those");
	shm_store(&ring[1].flags, UINT64_C(9) << CADRE_HEALTH_BITS);
	is_int(cadre__anchor_last_health(s->anchor, 2, h, 8), 2,
	    "nor is one of another number");
}

int
main(void)
{
	s = sample_new();
	sample_spawn(s, 0);
	nothing_stored();
	between_lives();
	odd_health();
	far_counter();
	sample_free(s);
	return done_testing();
}
