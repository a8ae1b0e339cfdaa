/* t/13-kill-turn: killed at any instruction, a turn is counted or not, and its stamps stay in order */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "shm/region.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

#define START_NS(n)	(100 * (n))
#define TOOK_NS		7		/* each turn */

static struct sample *s;
static uint64_t value;

/* In its first turn, as it forked, since the moment the next one starts. */
static void
begin(void)
{
	cadre__slot_begin(&s->worker[0], s->slot[0], s->anchor->view,
	    ++s->generation, 0, START_NS(s->worker[0].head->turns + 1));
}

static void
set(uint64_t n)
{
	value = n;
}

/* It pushes a record, too: the turn before is news. */
static void
turn(void)
{
	cadre__slot_turn_begin(&s->worker[0], START_NS(value));
	cadre__slot_turn_end(&s->worker[0], START_NS(value) + TOOK_NS);
}

/* A kill between the two words leaves a turn that is counted without time. */
static int
read_turn(const struct cadre_region *r, uint64_t *ret_n)
{
	const struct cadre_shm_slot *h = cadre__head(r, 0);
	static struct cadre_shm_health now[CADRE_HEALTH_RECORDS];
	struct cadre_cursor c = { 0, 0 };
	uint64_t n = h->turns, since = h->busy_since_ns;
	struct cadre_shm_status st;
	int err = cadre_region_status(r, 0, 0, &st);

	if (err < 0)
		return err;
	*ret_n = n;
	if (cadre_region_health(r, 0, 0, &c, now, CADRE_HEALTH_RECORDS) < 1 ||
	    c.lost > 0 || st.stamp_ns > START_NS(n + 1) ||
	    st.stamp_ns < START_NS(n - 1))
		return -EPROTO;
	if (h->busy_ns != TOOK_NS * n && h->busy_ns != TOOK_NS * (n - 1))
		return -EPROTO;
	if (since == 0)			/* idle: since the end of the last */
		return h->idle_since_ns == START_NS(n) + TOOK_NS &&
		    h->busy_ns % TOOK_NS == 0 ? 0 : -EPROTO;
	return since == START_NS(n) || since == START_NS(n + 1) ? 0 : -EPROTO;
}

int
main(void)
{
	static const struct step_op op = {
		"turn begin, end", begin, set, turn, read_turn
	};

	s = sample_new();
	sample_spawn(s, 0);
	for (uint64_t n = 1; n <= 3; n++) {
		set(n);
		turn();
	}
	step_test(s, &op);
	sample_free(s);
	return done_testing();
}
