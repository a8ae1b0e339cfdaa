/* SPDX-License-Identifier: BSD-2-Clause */
/* t/29-idle: without traffic a worker never wakes, the master once a second */
#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define KEY	"voluntary_ctxt_switches"
#define BEATS	3		/* seconds */
#define WORKERS	4

static bool
asleep(void *a)
{
	/* And the acceptor. */
	return probe_children(((struct app *)a)->master, 'S') == WORKERS + 1;
}

int
main(void)
{
	struct app *a = app_start(WORKERS, app_answer);
	uint64_t turns;
	long master, worker[WORKERS];

	for (unsigned int i = 0; i < WORKERS; i++)
		ok(app_wait_idle(a, i), "the worker of seat %u is idle", i);
	ok(app_until(asleep, a), "and all sleep");
	ok(probe_beats(a, 1), "the master ticks");
	master = probe_status(a->master, KEY);
	for (unsigned int i = 0; i < WORKERS; i++)
		worker[i] = probe_status(app_pid(a, i), KEY);
	turns = app_total(a, "turns");
	ok(probe_beats(a, BEATS), "%d times more", BEATS);
	for (unsigned int i = 0; i < WORKERS; i++)
		is_int(probe_status(app_pid(a, i), KEY) - worker[i], 0,
		    "the worker of seat %u did not wake", i);
	is_u64(app_total(a, "turns"), turns, "and took no turn");
	master = probe_status(a->master, KEY) - master;
	ok(master >= BEATS - 1 && master <= 2 * BEATS,
	    "the master woke %ld times", master);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
