/* t/12-last-place: between any two instructions, worker and acceptor do not both take the last place under a limit */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <sys/mman.h>

#include "t/lib/step.h"
#include "t/lib/tap.h"

#define OPEN	2
#define LIMIT	(OPEN + 1)
#define STEPS	1000	/* boundaries */

static struct sample *s;
static bool *got;		/* shared: by worker, by acceptor */

static void
reserve(void)
{
	got[0] = cadre__slot_reserve(&s->worker[0], s->acceptor.assigned,
	    LIMIT);
}

static void
assign(void)
{
	cadre__acceptor_assign(&s->acceptor, 0, 1);
	got[1] = cadre__acceptor_fits(&s->acceptor, 0, s->anchor->slot[0],
	    LIMIT);
	if (!got[1])
		cadre__acceptor_returned(&s->acceptor, 0, 1);
}

/* One of them behind so many instructions of the other; false: it had fewer. */
static bool
between(void (*stepped)(void), void (*whole)(void), unsigned int steps)
{
	bool inside = true, there;
	pid_t pid;

	memset(s->acceptor.assigned, 0, sizeof(*s->acceptor.assigned));
	s->worker[0].head->relieved = 0;
	cadre__acceptor_assign(&s->acceptor, 0, OPEN);
	got[0] = got[1] = false;
	step_start(&pid, stepped);
	for (; inside && steps > 0; steps--)
		inside = step_next(pid);
	there = inside;
	whole();
	while (inside)
		inside = step_next(pid);
	step_kill(pid);
	return there;
}

static void
race(const char *name, void (*stepped)(void), void (*whole)(void))
{
	unsigned int n = 0, both = 0, wrong = 0, none = 0;
	int64_t load;
	bool inside;

	do {
		inside = between(stepped, whole, n);
		both += got[0] && got[1];
		none += !got[0] && !got[1];
		load = cadre__acceptor_load(&s->acceptor, 0,
		    s->anchor->slot[0]);
		wrong += load != OPEN + got[0] + got[1];
	} while (inside && ++n < STEPS);
	ok(n > 3 && n < STEPS, "%s: at %u boundaries", name, n);
	is_int(both, 0, "%s: never both", name);
	ok(none < n, "%s: and not always none", name);
	is_int(wrong, 0, "%s: who did not get it leaves no load", name);
}

int
main(void)
{
	s = sample_new();
	sample_spawn(s, 0);
	got = mmap(NULL, 2 * sizeof(*got), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	race("the worker interrupted", reserve, assign);
	race("the acceptor interrupted", assign, reserve);
	sample_free(s);
	return done_testing();
}
