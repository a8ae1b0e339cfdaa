/* SPDX-License-Identifier: BSD-2-Clause */
/* t/88-sessions-sticky: the heap store is wrong, and right with --sticky */
#include <signal.h>
#include <string.h>

#include "t/lib/session.h"
#include "t/lib/tap.h"
#define CLIENTS	1001		/* odd: in turn, each comes to the other next */

static struct visitor clients[CLIENTS];
static struct { unsigned int moved, began, wrong; } seen;

static void
visit(const struct app *a, int i)
{
	struct visitor *c = &clients[i], before = *c;

	session_come(a, (unsigned int)i, c);
	seen.moved += before.count > 0 && c->seat != before.seat;
	seen.began += c->count == 1;
	seen.wrong += c->count != before.count + 1;
}

/* All once more, but those of a seat. */
static void
visit_all(const struct app *a, unsigned int but)
{
	memset(&seen, 0, sizeof(seen));
	for (int i = 0; i < CLIENTS; i++)
		if (clients[i].count == 0 || clients[i].seat != but)
			visit(a, i);
}

int
main(void)
{
	struct app *a = session_start(2, "--store=heap", NULL);
	uint64_t generation;

	visit_all(a, 99);
	visit_all(a, 99);
	ok(seen.wrong > CLIENTS / 4, "without: %u of %d counts are wrong",
	    seen.wrong, CLIENTS);
	app_stop(a);

	memset(clients, 0, sizeof(clients));
	a = session_start_at(2, "tcp:127.0.0.1:0", "--store=heap", "--sticky");
	visit_all(a, 99);
	is_u64(seen.wrong, 0, "with: all begin");
	visit_all(a, 99);
	is_u64(seen.wrong, 0, "and all go on");
	is_u64(seen.moved, 0, "at the same seat");

	generation = app_generation(a, 0);
	app_kill(a, 0, SIGKILL);
	ok(app_wait_respawn(a, 0, generation), "one is killed, another comes");
	visit_all(a, 0);
	is_u64(seen.wrong, 0, "who was with the other goes on");
	for (int i = 0; i < CLIENTS; i++)
		if (clients[i].seat == 0)
			visit(a, i);
	is_u64(seen.moved, 0, "who was with it comes to its successor");
	ok(seen.began > CLIENTS / 4 && seen.began == seen.wrong,
	    "and %u of %d begin anew: that is the heap", seen.began, CLIENTS);

	kill(a->master, SIGHUP);
	ok(app_wait_event(a, CADRE_EVENT_RELOADED, CADRE_NO_SEAT, NULL),
	    "a reload");
	visit_all(a, 99);
	is_u64(seen.moved, 0, "moves nobody");
	is_u64(seen.began, CLIENTS, "and all begin anew");
	kill(a->master, SIGTTIN);
	ok(app_wait_state(a, 2, CADRE_STATE_UP), "from 2 seats to 3");
	visit_all(a, 99);
	ok(seen.moved > CLIENTS / 3 - 60 && seen.moved < CLIENTS / 3 + 60,
	    "%u of %d moved, about a third", seen.moved, CLIENTS);
	is_u64(seen.wrong, seen.moved, "and only those begin anew");
	is_int(app_stop(a), 0, "TERM: exit status 0");
	return done_testing();
}
