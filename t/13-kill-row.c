/* t/13-kill-row: killed at any instruction, a row of the slot table is the old one or the new one */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/step.h"
#include "t/lib/tap.h"

static struct sample *s;
static uint64_t value;

static void
set(uint64_t n)
{
	value = n;
}

static void
write_life(void)
{
	struct cadre_shm_life life = { .state = CADRE_STATE_UP };

	life.generation = life.pid = life.start = life.ready_ns = value;
	life.restarts = value;
	cadre__anchor_life(s->anchor, 2, &life);
}

static int
read_life(const struct cadre_region *r, uint64_t *ret_n)
{
	struct cadre_shm_life l;
	struct cadre_seat_view v;
	int err = cadre_region_seat(r, 1, &v);

	if (err < 0)
		return err;
	l = v.newest.life;
	*ret_n = l.generation;
	return l.pid == l.generation && l.start == l.generation &&
	    l.ready_ns == l.generation && l.restarts == l.generation &&
	    v.state == CADRE_STATE_UP ? 0 : -EPROTO;
}

int
main(void)
{
	static const struct step_op op = {
		"slot table", NULL, set, write_life, read_life
	};

	s = sample_new();
	set(1);
	write_life();
	step_test(s, &op);
	sample_free(s);
	return done_testing();
}
