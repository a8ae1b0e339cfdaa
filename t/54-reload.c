/* t/54-reload: each seat serves on while its worker is replaced, and no connection fails, in every mode */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "t/lib/clients.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

#define SEATS	3

static void
config(struct cadre_master *m, void *arg)
{
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", arg) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 50) < 0)
		exit(99);
}

/* By the events since it began, in their order. */
static void
never_fewer(struct app *a, const char *mode)
{
	int up = SEATS, least = SEATS, most = SEATS;
	struct cadre_shm_event e = { .kind = 0 };

	ok(app_wait_event(a, CADRE_EVENT_RELOADING, CADRE_NO_SEAT, &e) &&
	    e.tries == SEATS, "%s: it begins", mode);
	while (cadre_region_events(a->region, &a->events, &e, 1) == 1 &&
	    e.kind != CADRE_EVENT_RELOADED) {
		up += (e.kind == CADRE_EVENT_READY) -
		    (e.kind == CADRE_EVENT_DRAINING);
		least = up < least ? up : least;
		most = up > most ? up : most;
	}
	is_int(least, SEATS, "%s: never fewer than all are up", mode);
	is_int(most, SEATS + 1, "%s: nor more than one beyond", mode);
	ok(e.kind == CADRE_EVENT_RELOADED && e.text_bytes == 0 &&
	    e.tries == SEATS, "%s: it ends well", mode);
}

static void
reload(const char *mode)
{
	struct app *a = app_start_with(SEATS, app_answer, config,
	    (void *)(uintptr_t)mode);
	struct clients *c;
	char why[300];

	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "%s: seat %u", mode, i);
	c = clients_begin(a, 2);
	for (unsigned int round = 1; round <= 2; round++) {
		is_int(ask_reload(a, 0, why, sizeof(why)), 0, "%s: reload %u%s",
		    mode, round, why);
		never_fewer(a, mode);
		ok(clients_go_on(c, 50), "%s: clients go on", mode);
	}
	clients_end(c);
	is_int((int)clients_failed(c), 0, "%s: of %u none failed", mode,
	    clients_answered(c));
	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_generation(a, i) > 2 * SEATS, "%s: seat %u has another",
		    mode, i);
	is_int(app_stop(a), 0, "%s: the master exits 0", mode);
}

int
main(void)
{
	reload("mode=spread");
	reload("mode=gate");
	reload("mode=rr");
	reload("mode=least");
	reload("mode=sticky:addr");
	return done_testing();
}
