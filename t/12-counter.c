/* t/12-counter: what workers count is what readers see, over slots, lives and seats */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>

#include "t/lib/sample.h"
#include "t/lib/tap.h"

#define ADDS	20000

static void *
add_many(void *c)
{
	for (int i = 0; i < ADDS; i++)
		cadre_counter_add_mt(c, 1);
	return NULL;
}

static uint64_t
total(struct sample *s, unsigned int metric)
{
	uint64_t v[SAMPLE_METRICS];

	is_int(cadre_region_totals(s->region, v, SAMPLE_METRICS),
	    SAMPLE_METRICS, "totals of all metrics");
	return v[metric];
}

int
main(void)
{
	struct sample *s = sample_new();
	struct cadre_counter *jobs;
	struct cadre_gauge *depth;
	uint64_t v[SAMPLE_METRICS] = { 0 };
	pthread_t t[2];

	is_u64(total(s, SAMPLE_JOBS), 0, "nothing at first");
	sample_spawn(s, 2);
	jobs = (void *)sample_word(s, 2, SAMPLE_JOBS);
	depth = (void *)sample_word(s, 2, SAMPLE_DEPTH);
	cadre_counter_add(jobs, 40);
	cadre_counter_add(jobs, 2);
	is_u64(cadre_counter_read(jobs), 42, "the worker reads its sum");
	is_u64(total(s, SAMPLE_JOBS), 42, "and so does everybody");
	cadre_gauge_set(depth, 5);
	cadre_gauge_add(depth, -12);
	is_int(cadre_gauge_read(depth), -7, "a gauge goes below 0");
	is_int((int64_t)total(s, SAMPLE_DEPTH), -7, "for a reader too");

	for (int i = 0; i < 2; i++)
		pthread_create(&t[i], NULL, add_many, jobs);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	is_u64(total(s, SAMPLE_JOBS), 42 + 2 * ADDS, "no add_mt is lost");
	cadre_gauge_add_mt(depth, 7);
	is_int(cadre_gauge_read(depth), 0, "gauge_add_mt adds");

	sample_spawn(s, 3);		/* the other slot of seat 1 */
	sample_spawn(s, 4);
	cadre_counter_add((void *)sample_word(s, 3, SAMPLE_JOBS), 1000);
	cadre_counter_add((void *)sample_word(s, 4, SAMPLE_JOBS), 7);
	is_int(cadre_region_values(s->region, 1, v, SAMPLE_METRICS),
	    SAMPLE_METRICS, "values of a seat");
	is_u64(v[SAMPLE_JOBS], 1042 + 2 * ADDS, "are over its two slots");
	v[1] = 99;
	is_int(cadre_region_values(s->region, 1, v, 1), 1, "only one asked");
	is_u64(v[1], 99, "no more is written");
	is_int(cadre_region_values(s->region, SAMPLE_SEATS, v, 1), -2,
	    "no seat");
	is_u64(total(s, SAMPLE_JOBS), 1049 + 2 * ADDS, "totals are of all");
	is_int(cadre_region_find(s->region, "jobs"), SAMPLE_JOBS, "by name");
	is_int(cadre_region_find(s->region, "job"), -2, "not by half a name");
	sample_free(s);
	return done_testing();
}
