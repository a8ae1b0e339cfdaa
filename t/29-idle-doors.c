/* t/29-idle-doors: with doors open, shut and open again no worker and no acceptor ever wakes */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"
#include "t/lib/visit.h"

enum { WORKERS = 3 };

static void
rests(struct app *a, unsigned int workers, const char *what)
{
	long before[WORKERS + 1];
	pid_t pids[WORKERS + 1];
	unsigned int n = 0;

	/* The looks go on for a second after the last change. */
	ok(probe_beats(a, 3), "%s: all is quiet", what);
	pids[n++] = keeper_acceptor(a);
	for (unsigned int i = 0; i < WORKERS && n <= workers; i++)
		if (visit(a, VISIT_UNIX, i) == (int)i)
			pids[n++] = app_pid(a, i);
	is_u64(n, workers + 1, "%u workers", workers);
	ok(probe_beats(a, 3), "and again");
	for (unsigned int i = 0; i < n; i++)
		before[i] = probe_switches(pids[i]);
	ok(probe_beats(a, 2), "for two seconds");
	for (unsigned int i = 0; i < n; i++)
		is_int(probe_switches(pids[i]) - before[i], 0, "%s: %s slept",
		    what, i == 0 ? "the acceptor" : "a worker");
}

int
main(void)
{
	struct app *a;
	char why[300];

	measures("wake-ups");
	a = visit_start(WORKERS, NULL);
	for (unsigned int i = 0; i < WORKERS; i++)
		is_int(visit(a, VISIT_TCP, i), (int)i, "seat %u answers", i);
	rests(a, WORKERS, "open");
	is_int(ask_scale(a, 2, 0, why, sizeof(why)), 0, "one less%s", why);
	rests(a, 2, "one shut");
	is_int(ask_scale(a, 3, 0, why, sizeof(why)), 0, "one more%s", why);
	rests(a, WORKERS, "open again");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
