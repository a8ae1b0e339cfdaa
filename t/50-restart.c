/* t/50-restart: a restart replaces one seat after another, never two at once */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"
#include "t/lib/restart.h"

#define SEATS	4

/* By the events since the restart began, in their order. */
static void
one_by_one(struct app *a)
{
	struct cadre_shm_event e;
	int up = SEATS, least = SEATS, ups = 0;

	a->events = (struct cadre_cursor){ 0 };
	ok(app_wait_event(a, CADRE_EVENT_RESTARTING, CADRE_NO_SEAT, &e) &&
	    e.tries == SEATS, "it is told of, and how many");
	while (cadre_region_events(a->region, &a->events, &e, 1) == 1 &&
	    e.kind != CADRE_EVENT_RESTARTED) {
		up += (e.kind == CADRE_EVENT_READY) -
		    (e.kind == CADRE_EVENT_DRAINING);
		ups += e.kind == CADRE_EVENT_READY;
		least = up < least ? up : least;
	}
	is_int(least, SEATS - 1, "never fewer than all but one are up");
	is_int(ups, SEATS, "each got a successor");
	ok(e.kind == CADRE_EVENT_RESTARTED && e.text_bytes == 0 &&
	    e.tries == SEATS, "the end is told of, and that it was well");
}

static void
restarted(struct app *a, const char *what)
{
	char answer[64], why[300];

	for (unsigned int i = 0; i < SEATS; i++)
		if (!app_wait_state(a, i, CADRE_STATE_UP))
			bail_out("seat %u does not get ready", i);
	is_int(ask_restart(a, why, sizeof(why)), 0, "a restart of %s", what);
	for (unsigned int i = 0; i < SEATS; i++)
		is_u64(app_generation(a, i), SEATS + 1 + i,
		    "seat %u was replaced, in its turn", i);
	one_by_one(a);
	ok(app_ask(a, "hello\n", answer, sizeof(answer)) > 0, "it answers");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	restarted(EXEC_START(SEATS, NULL, "answer"), "programs that attach");
	restarted(app_start(SEATS, app_answer), "functions");
	return done_testing();
}
