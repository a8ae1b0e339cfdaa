/* t/28-full: a worker at its limit is out of choice, not stalled, sleeps, and comes back */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <unistd.h>

#include "t/lib/probe.h"
#include "t/lib/server.h"
#include "t/lib/tap.h"

#define LIMIT		2
#define WAITING		3
#define CLIENTS		(LIMIT + WAITING)

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, getenv("T_MODE"));
	server_set(m, CADRE_WORKER_CONNECTIONS, LIMIT);
	server_set(m, CADRE_HANG_MS, 300);
}

struct wanted {
	struct app	*app;
	bool		full;
};

static bool
is_full(void *arg)
{
	const struct wanted *q = arg;
	struct cadre_seat_view v;

	return app_seat(q->app, 0, &v) && q->full ==
	    ((v.newest.life.flags & CADRE_LIFE_FULL) != 0);
}

static unsigned int
trouble(const struct app *a)
{
	struct cadre_cursor c = { 0 };
	struct cadre_shm_event e;
	unsigned int n = 0;

	while (cadre_region_events(a->region, &c, &e, 1) == 1)
		n += e.kind == CADRE_EVENT_STALLED ||
		    e.kind == CADRE_EVENT_HUNG || e.kind == CADRE_EVENT_DIED ||
		    e.kind == CADRE_EVENT_ACCEPTOR;
	return n;
}

static void
fills(const char *mode, bool flagged)
{
	struct wanted full = { NULL, flagged }, not_full = { NULL, false };
	int fds[CLIENTS];
	unsigned int turns;
	struct app *a;

	setenv("T_MODE", mode, 1);
	server_share();
	full.app = not_full.app = a = app_start_with(1, server_run, config,
	    NULL);
	ok(server_all_up(a, 1), "%s: it is up", mode);
	for (int i = 0; i < CLIENTS; i++)
		fds[i] = server_open(a, "hello\n");
	ok(app_wait_total(a, "requests", LIMIT), "%s: it has two", mode);
	ok(app_until(is_full, &full), "%s: its row tells", mode);
	turns = server_seats[0].turns;
	ok(probe_beats(a, 1), "%s: longer than the hang limit", mode);
	ok(server_seats[0].turns - turns <= 2, "%s: it sleeps: %u turns", mode,
	    server_seats[0].turns - turns);
	is_int(server_answers(fds, CLIENTS, 0), LIMIT, "%s: the others wait",
	    mode);
	is_int((int)trouble(a), 0, "%s: nobody is stalled or hung", mode);
	for (int i = 0; i < CLIENTS; i++) {
		ok(server_answer(fds[i], NULL, NULL) == 0, "%s: the next is "
		    "answered", mode);
		close(fds[i]);
	}
	ok(app_until(is_full, &not_full), "%s: it is back", mode);
	is_int(app_stop(a), 0, "%s: the master exits 0", mode);
}

int
main(void)
{
	fills("spread", true);
	fills("gate", true);
	/* There the acceptor counts, and the worker knows of nothing. */
	fills("rr", false);
	return done_testing();
}
