/* t/14-health: an unlapped health ring and the live words add up to the counters */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/sample.h"
#include "t/lib/tap.h"

#define TURNS	1000

static struct sample *s;
static struct cadre_shm_health h[2 * TURNS];

/* Some turns with some work each; the interval is 0: a record at each. */
static void
work(unsigned int turns)
{
	static uint64_t now = 1000, random = 42;

	for (unsigned int i = 0; i < turns; i++) {
		cadre__slot_turn_begin(&s->worker[0], now++);
		for (uint64_t n = sample_random(&random) % 4; n > 0; n--) {
			cadre__slot_accepted(&s->worker[0], false);
			cadre_counter_add((void *)sample_word(s, 0,
			    SAMPLE_REQUESTS), 1);
			if (sample_random(&random) % 2)
				cadre__slot_closed(&s->worker[0]);
		}
		now += sample_random(&random) % 100;
		cadre__slot_turn_end(&s->worker[0], now++);
	}
}

int
main(void)
{
	struct cadre_cursor c = { 0, 0 };
	struct cadre_shm_health sum = { 0 };
	uint64_t v[SAMPLE_METRICS], bad = 0;
	int n;

	s = sample_new();
	is_int(cadre_region_health(s->region, 0, 0, &c, h, 10), 0, "none yet");
	sample_spawn(s, 0);
	work(TURNS);
	n = cadre_region_health(s->region, 0, 0, &c, h, 2 * TURNS);
	/* The first turn began with nothing new since the spawn's record. */
	is_int(n, TURNS, "the first of the life, and one a turn with news");
	is_u64(c.lost, 0, "none lost");
	is_u64(h[0].flags, CADRE_HEALTH_FIRST, "the first is marked so");
	is_u64(h[1].flags, 0, "the next is not");
	is_int(cadre_region_health_now(s->region, 0, 0, &h[n]), 0, "now");
	for (int i = 1; i <= n; i++) {
		sum.turns += h[i].turns - h[i - 1].turns;
		sum.requests += h[i].requests - h[i - 1].requests;
		sum.accepted += h[i].accepted - h[i - 1].accepted;
		sum.busy_ns += h[i].busy_ns - h[i - 1].busy_ns;
		bad += i < n && h[i].mono_ns <= h[i - 1].mono_ns;
	}
	cadre_region_totals(s->region, v, SAMPLE_METRICS);
	is_u64(sum.turns, TURNS, "the differences are all turns");
	is_u64(sum.requests, v[SAMPLE_REQUESTS], "all requests");
	is_u64(sum.accepted, s->worker[0].head->accepted, "all accepted");
	is_u64(sum.busy_ns, s->worker[0].head->busy_ns, "all busy time");
	is_u64(h[n].open, v[SAMPLE_OPEN], "open is the gauge");
	ok(sum.requests > TURNS && v[SAMPLE_OPEN] > 0, "and there was some");
	is_u64(bad, 0, "in the order of time");

	sample_free(s);
	return done_testing();
}
