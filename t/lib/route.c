/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a system call ends is the address behind it: nothing comes there but
 * through the call. So a run that is stepped through knows how many it has
 * made, once a run at full speed has told their addresses.
 */
#include "t/lib/route.h"

#include <stdlib.h>

#include "t/lib/step.h"
#include "t/lib/tap.h"

#define LIMIT		(1U << 20)	/* instructions */
#define CALLS_MAX	1000

static unsigned int
calls_find(void (*op)(void), uint64_t *ends)
{
	unsigned int calls = 0;
	pid_t pid;

	step_start(&pid, op);
	while (calls < CALLS_MAX && step_call(pid))
		ends[calls++] = step_at(pid);
	step_kill(pid);
	return calls;
}

unsigned int
route_find(void (*op)(void), bool (*changed)(pid_t), struct route **ret_routes)
{
	/* Not on the stack, so that each child finds the heap begun. */
	struct route *routes = calloc(LIMIT, sizeof(*routes)), r = { 0 };
	uint64_t *ends = calloc(CALLS_MAX, sizeof(*ends));
	unsigned int n = 0, calls;
	pid_t pid;

	if (routes == NULL || ends == NULL)
		bail_out("no memory");
	calls = calls_find(op, ends);
	step_start(&pid, op);
	do {
		r.changed = changed(pid);
		r.at = step_at(pid);
		if (r.calls < calls && r.at == ends[r.calls]) {
			r.calls++;
			r.steps = 0;
		}
		routes[n++] = r;
		r.steps++;
	} while (n < LIMIT && step_next(pid));
	step_kill(pid);
	free(ends);
	*ret_routes = routes;
	return n;
}

bool
route_take(const struct route *to, void (*op)(void), pid_t *ret_pid)
{
	bool inside = true;
	pid_t pid;

	step_start(&pid, op);
	for (unsigned int i = 0; i < to->calls && inside; i++)
		inside = step_call(pid);
	for (unsigned int i = 0; i < to->steps && inside; i++)
		inside = step_next(pid);
	*ret_pid = pid;
	return inside && step_at(pid) == to->at;
}
