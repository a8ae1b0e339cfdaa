/* t/13-kill-relieved: killed at any instruction, the load is old or new, never too high for the next life, and right at its first settle */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "t/lib/step.h"
#include "t/lib/tap.h"

#define ASSIGNED	5	/* of these all but one are open, it waits */
#define LIMIT		20000	/* boundaries */

static struct sample *s;
static char *before;		/* the slot, in front of each write */

static int64_t
load(void)
{
	return cadre__acceptor_load(&s->acceptor, 0, s->anchor->slot[0]);
}

static void
picked_up(void)
{
	cadre__slot_accepted(&s->worker[0], true);
}

static void
accepted(void)
{
	cadre__slot_accepted(&s->worker[0], false);
}

static void
closed(void)
{
	cadre__slot_closed(&s->worker[0]);
}

static void
settled(void)
{
	cadre__slot_settle(&s->worker[0], ASSIGNED);
}

static void
taken_over(void)
{
	cadre__slot_begin(&s->worker[0], s->slot[0], s->anchor->view, 2, 0, 1);
}

static const struct op {
	const char	*name;
	void		(*write)(void);
	int64_t		from, to;
	int64_t		least;	/* for the next life; at most what waits: 1 */
} ops[] = {
	{ "assigned, accepted", picked_up, 5, 5, 0 },
	{ "accepted", accepted, 5, 6, 0 },
	{ "closed", closed, 5, 4, 0 },
	{ "settled", settled, 5, 4, 0 },
	{ "slot taken over", taken_over, 5, 1, 1 - (ASSIGNED - 1) },
};

/* Kill it after so many instructions; false: it was through before. */
static bool
kill_at(const struct op *op, unsigned int steps, unsigned int *wrong)
{
	bool inside = true;
	int64_t now;
	pid_t pid;

	memcpy(s->slot[0], before, s->anchor->places.slot_bytes);
	step_start(&pid, op->write);
	for (; inside && steps > 0; steps--)
		inside = step_next(pid);
	step_kill(pid);
	now = load();
	wrong[0] += now != op->from && now != op->to;
	taken_over();
	now = load();
	wrong[1] += now > 1 || now < op->least;
	settled();
	wrong[2] += load() != 0;
	return inside;
}

int
main(void)
{
	s = sample_new();
	sample_spawn(s, 0);
	cadre__acceptor_assign(&s->acceptor, 0, ASSIGNED);
	for (int i = 1; i < ASSIGNED; i++)
		picked_up();
	before = malloc(s->anchor->places.slot_bytes);
	memcpy(before, s->slot[0], s->anchor->places.slot_bytes);
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		unsigned int wrong[3] = { 0 }, n = 0;

		/* A takeover is long: every boundary only if asked for. */
		while (n < LIMIT && kill_at(&ops[i], n, wrong))
			n += ops[i].write != taken_over || step_all() ? 1 : 13;
		ok(n > 3 && n < LIMIT, "%s: killed at %u boundaries",
		    ops[i].name, n);
		is_int(wrong[0], 0, "%s: the load is old or new", ops[i].name);
		is_int(wrong[1], 0, "%s: not too high for a next life, which "
		    "would never be chosen", ops[i].name);
		is_int(wrong[2], 0, "%s: and right when it settles",
		    ops[i].name);
	}
	free(before);
	sample_free(s);
	return done_testing();
}
