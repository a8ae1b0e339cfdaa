/* t/13-kill-in-hand: an acceptor killed at any instruction leaves no load too high, once its successor has begun */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <sys/mman.h>

#include "shm/atomic.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

#define WAITED	3	/* in the queue at first */
#define BATCH	8	/* at most taken back at once */
#define LIMIT	1000	/* boundaries */

static struct sample *s;
static uint64_t *queue;		/* shared: what the kernel has for the worker */

static void
give(void)
{
	cadre__acceptor_assign(&s->acceptor, 0, 1);
	shm_store(queue, WAITED + 1);		/* sendmsg(2) */
	cadre__acceptor_sent(&s->acceptor, 0, 1);
}

static void
take_back(void)
{
	cadre__acceptor_hold(&s->acceptor, 0, BATCH);
	shm_store(queue, 0);			/* recvmsg(2) */
	cadre__acceptor_returned(&s->acceptor, 0, WAITED);
	cadre__acceptor_release(&s->acceptor, 0, BATCH);
}

static const struct op {
	const char	*name;
	void		(*write)(void);
	int64_t		end;		/* the load behind all of it */
} ops[] = {
	{ "given", give, WAITED + 1 },
	{ "taken back", take_back, 0 },
};

/* Kill it after so many instructions; false: it was through before. */
static bool
kill_at(const struct op *op, unsigned int steps, unsigned int *wrong)
{
	struct cadre_shm_assigned *row = s->acceptor.assigned;
	bool inside = true;
	int64_t load;
	pid_t pid;

	memset(row, 0, sizeof(*row));
	shm_store(&row->assigned, WAITED);
	shm_store(queue, WAITED);
	step_start(&pid, op->write);
	for (; inside && steps > 0; steps--)
		inside = step_next(pid);
	step_kill(pid);
	cadre__acceptor_begin(&s->acceptor, SAMPLE_SLOTS);
	load = cadre__acceptor_load(&s->acceptor, 0, s->anchor->slot[0]);
	wrong[0] += load > (int64_t)shm_load(queue) ||
	    load + BATCH < (int64_t)shm_load(queue);
	wrong[1] += shm_load(&row->in_hand) != 0;
	wrong[2] += !inside && load != op->end;
	return inside;
}

int
main(void)
{
	s = sample_new();
	queue = mmap(NULL, sizeof(*queue), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		unsigned int wrong[3] = { 0 }, n = 0;

		while (n < LIMIT && kill_at(&ops[i], n, wrong))
			n++;
		ok(n > 3 && n < LIMIT, "%s: killed at %u boundaries",
		    ops[i].name, n);
		is_int(wrong[0], 0, "%s: no more load than waits, and too "
		    "little by a message at most", ops[i].name);
		is_int(wrong[1], 0, "%s: nothing in hand", ops[i].name);
		is_int(wrong[2], 0, "%s: not killed, all counts", ops[i].name);
	}
	sample_free(s);
	return done_testing();
}
