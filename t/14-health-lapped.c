/* t/14-health-lapped: a reader of health counts what it lost exactly, and goes on behind the head */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/sample.h"
#include "t/lib/tap.h"

#define RING	CADRE_HEALTH_RECORDS

static struct sample *s;
static struct cadre_shm_health h[4096];

static void
push(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		cadre__slot_health_push(&s->worker[0], i, 0);
}

int
main(void)
{
	struct cadre_cursor c = { 0, 0 };
	int n;

	s = sample_new();
	sample_spawn(s, 0);		/* pushes the first */
	push(999);
	is_int(cadre_region_health(s->region, 0, 0, &c, h, 400), 400, "400");
	push(5000);
	is_int(cadre_region_health(s->region, 0, 0, &c, h, 1), 1, "lapped");
	is_u64(c.lost, 6000 - RING + RING / 8 - 400, "goes on behind the head");
	push(100);
	n = cadre_region_health(s->region, 0, 0, &c, h, 4096);
	is_u64(401 + (uint64_t)n + c.lost, 6100, "read + lost = pushed");
	is_u64(c.next, 6100, "all read");
	is_u64(h[n - 1].mono_ns, 99, "to the newest");
	c = (struct cadre_cursor){ 0, 0 };
	is_int(cadre_region_health(s->region, 0, 0, &c, h, 4096), RING,
	    "a new reader gets the whole ring");
	is_u64(c.lost, 0, "and has lost nothing");

	cadre__slot_turn_begin(&s->worker[0], 1);
	is_int(cadre_region_health(s->region, 0, 0, &c, h, 9), 0,
	    "a turn with nothing new pushes nothing");
	cadre__slot_accepted(&s->worker[0], false);
	s->worker[0].health_next_ns = 100;
	cadre__slot_turn_begin(&s->worker[0], 99);
	is_int(cadre_region_health(s->region, 0, 0, &c, h, 9), 0,
	    "nor does one before the interval has passed");
	cadre__slot_turn_begin(&s->worker[0], 100);
	is_int(cadre_region_health(s->region, 0, 0, &c, h, 9), 1, "else: one");
	cadre__slot_drain(&s->worker[0]);
	cadre__slot_health_push(&s->worker[0], 5, 0);
	cadre_region_health(s->region, 0, 0, &c, h, 1);
	is_u64(h[0].flags, CADRE_HEALTH_DRAINING, "draining is marked");

	is_int((int)cadre__anchor_last_health(s->anchor, 0, h, 8), 8,
	    "what a master keeps of a death: the last 8");
	is_u64(h[7].flags, CADRE_HEALTH_DRAINING, "the newest is the last");
	is_u64(h[7].mono_ns, 5, "as it was pushed");
	s->worker[0].head->healths += 3;
	is_int((int)cadre__anchor_last_health(s->anchor, 0, h, 8), 5,
	    "a lying head: only what bears its number");
	s->worker[0].head->healths = UINT64_MAX;
	is_int((int)cadre__anchor_last_health(s->anchor, 0, h, 8), 0,
	    "or nothing");
	is_int(cadre_region_health(s->region, 0, 2, &c, h, 9), -2, "-ENOENT");
	sample_free(s);
	return done_testing();
}
