/* t/21-program-not-ready: what is no READY=1 of a worker's does not count */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_READY_AFTER_MS, -1) < 0)
		exit(99);
}

static struct app *
says(const char *what, const char *who, const char *first, const char *second)
{
	struct app *a = EXEC_START(1, config, "notify", who, first, second);
	struct cadre_seat_view v = { .state = 0 };

	/* The master has read what was sent before the log, two turns on. */
	ok(exec_says(a, 0, "sent\n") && probe_turn(a) && probe_turn(a) &&
	    probe_beats(a, 1) && app_seat(a, 0, &v), "sent: %s", what);
	is_u64(v.state, CADRE_STATE_STARTING, "it is not ready by that");
	return a;
}

int
main(void)
{
	static char longer[5000];
	struct cadre_shm_event e;
	struct app *a;
	char want[64];

	a = says("READY=1 by another process group", "stranger", "READY=1",
	    NULL);
	ok(app_wait_event(a, CADRE_EVENT_REFUSED, 0, &e), "this is told");
	snprintf(want, sizeof(want), "a message to its notify socket from pid ");
	ok(strncmp(e.text, want, strlen(want)) == 0, "%s", e.text);
	app_stop(a);
	app_stop(says("two halves", "self", "READY", "=1"));
	app_stop(says("more than the word", "self", "NOT_READY=1\nREADY=10",
	    "READY=1 \n READY=1"));
	app_stop(says("READY=0", "self", "READY=0", NULL));
	memset(longer, 'x', sizeof(longer) - 1);
	memcpy(longer, "READY=1\n", 8);
	app_stop(says("one in 5,000 bytes", "self", longer, NULL));
	return done_testing();
}
