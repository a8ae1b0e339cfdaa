/* t/16-seat: of the two lives of a seat the right one is shown */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/sample.h"
#include "t/lib/tap.h"

static struct sample *s;

static void
seat(uint32_t state, uint64_t newest, uint64_t draining, const char *when)
{
	struct cadre_seat_view w;

	is_int(cadre_region_seat(s->region, 0, &w), 0, "%s: seat", when);
	is_str(cadre_state_name(w.state), cadre_state_name(state), "%s", when);
	is_u64(w.has_newest ? w.newest.life.generation : 0, newest,
	    "%s: newest", when);
	is_u64(w.has_draining ? w.draining.life.generation : 0, draining,
	    "%s: draining", when);
}

int
main(void)
{
	struct cadre_seat_view w;

	s = sample_new();
	seat(CADRE_STATE_EMPTY, 0, 0, "never used");
	sample_spawn(s, 0);
	seat(CADRE_STATE_UP, 1, 0, "up");
	cadre_region_seat(s->region, 0, &w);
	ok(!w.newest.idle && w.newest.busy_ns > 0, "busy until its first wait");
	cadre__slot_turn_end(&s->worker[0], 5);
	cadre_region_seat(s->region, 0, &w);
	ok(w.newest.idle && w.newest.busy_ns == 0, "idle in it");
	is_u64(w.newest.turns, 1, "after one turn");
	ok(w.newest.beat_age_ns > 0, "its beat has an age");
	cadre__slot_turn_begin(&s->worker[0], UINT64_MAX / 2);
	cadre_region_seat(s->region, 0, &w);
	is_u64(w.newest.beat_age_ns, 0, "a stamp of the future is of now");
	is_u64(w.newest.life.pid, 1001, "its pid");
	sample_state(s, 0, CADRE_STATE_DRAINING);
	seat(CADRE_STATE_DRAINING, 1, 0, "a lone draining one");
	sample_spawn(s, 1);		/* as a reload does */
	seat(CADRE_STATE_UP, 2, 1, "two lives");
	sample_state(s, 1, CADRE_STATE_BACKOFF);
	seat(CADRE_STATE_BACKOFF, 2, 1, "the new one died");
	sample_state(s, 1, CADRE_STATE_EMPTY);
	seat(CADRE_STATE_DRAINING, 1, 0, "and nobody comes");
	sample_spawn(s, 1);
	sample_state(s, 1, CADRE_STATE_DRAINING);
	seat(CADRE_STATE_DRAINING, 3, 1, "both drain");
	sample_end(s, 0, CADRE_STATE_EMPTY);
	sample_end(s, 1, CADRE_STATE_BACKOFF);
	seat(CADRE_STATE_BACKOFF, 3, 0, "both ended");
	sample_spawn(s, 0);
	seat(CADRE_STATE_UP, 4, 0, "back in the other slot");
	cadre_region_seat(s->region, 0, &w);
	is_u64(w.newest.turns, 0, "its own turns: none yet");
	sample_state(s, 0, UINT64_MAX);
	cadre_region_seat(s->region, 0, &w);
	is_u64(w.state, UINT32_MAX, "an unknown state is not cut into another");
	is_int(cadre_region_seat(s->region, SAMPLE_SEATS, &w), -ENOENT, "none");
	sample_free(s);
	return done_testing();
}
