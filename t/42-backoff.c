/* SPDX-License-Identifier: BSD-2-Clause */
/* t/42-backoff: early deaths wait, longer each time; siblings answer all */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define TRIES	5
#define ASKED	300

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_set(m, CADRE_STALL_MS, 0) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 86400000) < 0 ||
	    cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 40) < 0 ||
	    cadre_master_set(m, CADRE_MAX_TRIES, TRIES) < 0)
		exit(99);
}

/* The first life of seat 0 serves; all others end before they are ready. */
static int
serve(struct cadre_worker *w, void *arg)
{
	return cadre_worker_seat(w) == 0 && cadre_worker_generation(w) > 3 ?
	    3 : app_answer(w, arg);
}

int
main(void)
{
	struct app *a = app_start_with(3, serve, config, NULL);
	int asked = 0, answered = 0, waits = 0;
	struct cadre_shm_event e = { .kind = 0 };
	uint64_t delay_ns = 0, accepted;
	char answer[64];

	for (unsigned int i = 0; i < 3; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "seat %u is up", i);
	app_kill(a, 0, SIGKILL);
	ok(app_wait_event(a, CADRE_EVENT_BACKOFF, 0, &e), "it has to wait");
	ok(probe_turn(a), "the kernel knows");
	accepted = probe_value(a, 0, "accepted");
	do {
		if (e.kind == CADRE_EVENT_BACKOFF) {
			ok(e.delay_ns > delay_ns, "wait %d: %.0f ms", ++waits,
			    (double)e.delay_ns / 1e6);
			delay_ns = e.delay_ns;
		}
		asked++;
		answered += app_ask(a, "hello\n", answer, sizeof(answer)) > 0;
		e.kind = 0;
		(void)cadre_region_events(a->region, &a->events, &e, 1);
	} while (answered == asked && e.kind != CADRE_EVENT_PARKED);
	is_int(waits, TRIES - 1, "so often it was tried again");
	is_int(e.tries, TRIES, "then it is parked");
	ok(app_wait_state(a, 0, CADRE_STATE_PARKED), "as its row says");
	for (int i = 0; i < ASKED; i++, asked++)
		answered += app_ask(a, "hello\n", answer, sizeof(answer)) > 0;
	is_int(answered, asked, "the siblings answer every request");
	is_u64(probe_value(a, 0, "accepted"), accepted,
	    "nothing was given to the seat that cannot serve");
	is_u64(app_total(a, "requests"), (uint64_t)asked, "all are counted");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
