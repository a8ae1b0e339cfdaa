/* t/17-snapshot: a snapshot is the naive sum of every word, also of metrics and kinds that came later */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "t/lib/sample.h"
#include "t/lib/tap.h"

#define METRICS	38
#define ROOM	40

static struct sample *s;
static uint64_t offset[METRICS];
static struct cadre_shm_metric row;

/* Gauges, counters and an unknown kind, in neighbouring and in odd places. */
static void
declare(int i)
{
	row = (struct cadre_shm_metric){ .kind = i % 5 == 4 ? 2 : 1,
	    .aggregate = 1, .on_death = i % 5 == 4 ? 2 : 1, .bytes = 8 };
	row.offset = offset[i] = sizeof(struct cadre_shm_slot) +
	    8 * (uint64_t)(i < 20 ? i : 57 - i);
	if (i == 30)
		row.kind = 77;		/* shown as a raw word */
	if (i == 31)
		row.offset = UINT64_MAX - 7;	/* broken */
	snprintf(row.name, sizeof(row.name), "m%d", i);
	is_int(cadre__anchor_metric(s->anchor, &row), i, "metric %d", i);
}

static uint64_t
naive(unsigned int seat, int metric)
{
	uint64_t sum = 0;

	if (metric == 31)
		return 0;
	for (unsigned int k = 2 * seat; k < 2 * seat + 2; k++) {
		uint64_t word;

		memcpy(&word, s->slot[k] + offset[metric], 8);
		if (metric == 30 && k % 2 == 0)
			continue;	/* slot 1 has the newer life */
		if (metric % 5 != 4 || metric == 30 ||
		    s->life[k].state == CADRE_STATE_UP)
			sum += word;
	}
	return sum;
}

int
main(void)
{
	uint64_t v[SAMPLE_SEATS][ROOM], t[ROOM], random = 7, wrong = 0;
	struct cadre_shm_metric m;

	s = sample_new();
	for (int i = 0; i < SAMPLE_METRICS; i++)
		offset[i] = sizeof(struct cadre_shm_slot) + 8 * (uint64_t)i;
	s->anchor->metrics = 0;		/* rows of our own, from the first */
	for (int i = 0; i < METRICS - 8; i++)
		declare(i);
	cadre_region_close(s->region);
	sample_reopen(s->anchor, &s->region);
	is_int(cadre_region_metrics(s->region), METRICS - 8, "rows at first");
	for (int i = METRICS - 8; i < METRICS; i++)
		declare(i);
	is_int(cadre_region_metrics(s->region), METRICS, "rows of later");
	is_int(cadre_region_metric(s->region, 30, &m), 0, "an unknown kind");
	is_int(cadre_region_metric(s->region, 31, &m), -EPROTO, "a broken row");
	is_int(cadre_region_metric(s->region, METRICS, &m), -ENOENT, "no row");
	for (unsigned int k = 0; k < SAMPLE_SLOTS; k++)
		if (k != 4 && k != 5)	/* a seat that never had a worker */
			sample_spawn(s, k);
	sample_end(s, 6, CADRE_STATE_EMPTY);
	for (unsigned int k = 0; k < SAMPLE_SLOTS; k++)
		for (size_t i = 0; k / 2 != 2 && i < METRICS; i++)
			((uint64_t *)(void *)(s->slot[k] + 512))[i] =
			    sample_random(&random);
	memset(v, 0xff, sizeof(v));
	is_int(cadre_region_snapshot(s->region, v[0], ROOM), METRICS, "taken");
	for (unsigned int seat = 0; seat < SAMPLE_SEATS; seat++)
		for (int i = 0; i < ROOM; i++)
			wrong += v[seat][i] != (i < METRICS ?
			    naive(seat, i) : 0);
	is_u64(wrong, 0, "every figure is the naive sum, the rest is 0");
	ok(v[3][4] != 0 && v[3][30] != 0, "and not all are 0");
	is_int(cadre_region_totals(s->region, t, ROOM), METRICS, "totals");
	for (int i = 0; i < METRICS; i++)
		wrong += t[i] != (i == 30 ? 0 :
		    v[0][i] + v[1][i] + v[2][i] + v[3][i]);
	is_u64(wrong, 0, "are the sum of the seats; none of the raw word");
	sample_free(s);
	return done_testing();
}
