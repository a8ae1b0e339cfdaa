/* t/38-busy-ends: a worker that looks and does not sleep can be killed, stopped, let go on and drained */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>

#include "t/lib/probe.h"
#include "t/lib/tap.h"
#include "t/lib/trips.h"

#define KILLS	20
#define DRAINS	20

int
main(void)
{
	const struct trips t = { 1000, 0 };
	struct app *a = trips_start(&t);
	struct cadre_shm_event e = { .exit_code = 99 };
	uint64_t generation = 0;
	int n = 0;

	for (int i = 0; i < KILLS; i++)
		n += trips_go_on(a) && app_kill_next(a, 0, &generation);
	is_int(n, KILLS, "%d times it is killed, and its successor asks on",
	    KILLS);
	ok(app_wait_respawn(a, 0, generation) && app_kill(a, 0, SIGSTOP) == 0,
	    "it is stopped");
	ok(app_wait_event(a, CADRE_EVENT_STALLED, 0, NULL), "which is told");
	ok(app_kill(a, 0, SIGCONT) == 0 && trips_go_on(a),
	    "it goes on, and so does it ask");
	n = 0;
	for (int i = 0; i < DRAINS; i++) {
		generation = app_generation(a, 0);
		n += trips_go_on(a) && app_kill(a, 0, SIGTERM) == 0 &&
		    app_wait_respawn(a, 0, generation);
	}
	is_int(n, DRAINS, "%d times it is drained, and another asks", DRAINS);
	generation = app_generation(a, 0);
	kill(a->master, SIGTERM);
	while (app_wait_event(a, CADRE_EVENT_DIED, 0, &e) &&
	    e.generation < generation)
		;			/* those from before */
	is_int((int)(e.exit_signal + e.exit_code), 0, "told by the master it "
	    "ends by itself, and returns");
	is_int(app_wait_end(a), 0, "the master exits 0");
	app_free(a);
	return done_testing();
}
