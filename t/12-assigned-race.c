/* t/12-assigned-race: an acceptor's add between any two instructions of another thread's is not lost */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/step.h"
#include "t/lib/tap.h"

#define LIMIT	1000	/* boundaries */

static struct sample *s;

/* The add that is stepped through, and what it counts in. */
static unsigned int which;
static uint64_t *words[9];

static void
add(void)
{
	struct cadre__acceptor *a = &s->acceptor;

	switch (which) {
	case 0: cadre__acceptor_assign(a, 0, 1); break;
	case 1: cadre__acceptor_sent(a, 0, 1); break;
	case 2: cadre__acceptor_returned(a, 0, 1); break;
	case 3: cadre__acceptor_accepted(a, 0, 1); break;
	case 4: cadre__acceptor_rescued(a, 0, 1); break;
	case 5: cadre__acceptor_shed(a, 0, 1); break;
	case 6: cadre__acceptor_waits(a, 0); break;
	case 7: cadre__acceptor_failures(a, 0, 1); break;
	case 8: cadre__acceptor_hold(a, 0, 1); break;
	}
}

/* Ours behind so many instructions of it; false: it had fewer. */
static bool
between(unsigned int steps)
{
	bool inside = true, there;
	pid_t pid;

	step_start(&pid, add);
	for (; inside && steps > 0; steps--)
		inside = step_next(pid);
	there = inside;
	add();
	while (inside)
		inside = step_next(pid);
	step_kill(pid);
	return there;
}

int
main(void)
{
	static const char *const names[] = { "assigned", "messages",
	    "returned", "accepted", "rescued", "shed", "waits", "failures",
	    "in hand" };
	struct cadre_shm_assigned *a;
	struct cadre_shm_intake *in;

	s = sample_new();
	a = s->acceptor.assigned, in = s->acceptor.intake;
	words[0] = &a->assigned, words[1] = &a->messages;
	words[2] = &a->returned, words[3] = &in->accepted;
	words[4] = &in->rescued, words[5] = &in->shed;
	words[6] = &in->waits, words[7] = &in->failures;
	words[8] = &a->in_hand;
	for (which = 0; which < 9; which++) {
		uint64_t before = *words[which], taken = a->assigned;
		unsigned int n = 0;

		while (n < LIMIT && between(n))
			n++;
		ok(n > 2 && n < LIMIT, "%s: %u boundaries", names[which], n);
		is_u64(*words[which] - before, 2 * (n + 1), "%s: all of both",
		    names[which]);
		if (which == 2)
			is_u64(taken - a->assigned, 2 * (n + 1),
			    "assigned is less by as many");
	}
	sample_free(s);
	return done_testing();
}
