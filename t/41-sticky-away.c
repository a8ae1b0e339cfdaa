/* t/41-sticky-away: while a home is stopped its clients go to the next, or wait with strict, and all come back */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/keeper.h"
#include "t/lib/sticky.h"
#include "t/lib/tap.h"

enum { WORKERS = 3, CLIENTS = 60, STOPPED = 1 };

/* The seat that is next for a key whose home is STOPPED. */
static int
next_of(uint32_t from)
{
	return sticky_home_without(from, WORKERS, STOPPED);
}

static int
wrong(const struct app *a, bool away)
{
	int wrong = 0, home;

	for (unsigned int i = 0; i < CLIENTS; i++) {
		home = sticky_home_of(STICKY_CLIENT(i), 32, WORKERS);
		if (home == STOPPED && away)
			home = next_of(STICKY_CLIENT(i));
		wrong += sticky_visit(a, STICKY_CLIENT(i), NULL) != home;
	}
	return wrong;
}

static void
stop(struct app *a)
{
	ok(sticky_known(a, 32, WORKERS), "all seats are known");
	ok(app_kill(a, STOPPED, SIGSTOP) == 0 && app_wait_event(a,
	    CADRE_EVENT_STALLED, STOPPED, NULL), "one is stopped");
}

static void
away(void)
{
	struct app *a = keeper_start(WORKERS, app_answer, "mode=sticky:addr");
	struct cadre_shm_intake in = { .away = 0 };

	stop(a);
	is_int(wrong(a, true), 0, "its clients go to the next by rank");
	ok(cadre_region_intake(a->region, 0, &in) == 0 && in.away > 0,
	    "%d were led away", (int)in.away);
	ok(app_kill(a, STOPPED, SIGCONT) == 0 && sticky_known(a, 32, WORKERS),
	    "it goes on");
	is_int(wrong(a, false), 0, "and they are back");
	is_int(app_stop(a), 0, "the master exits 0");
}

static void
wait_for_it(void)
{
	struct app *a = keeper_start(WORKERS, keeper, "mode=sticky:addr,strict");
	struct pollfd fds[CLIENTS];
	int home, seat, waited = 0, right = 0;

	for (unsigned int i = 0; i < CLIENTS; i++)
		close(sticky_connect(a, STICKY_CLIENT(i)));
	ok(keeper_rests(a, WORKERS), "strict: all are known");
	ok(app_kill(a, STOPPED, SIGSTOP) == 0 && app_wait_event(a,
	    CADRE_EVENT_STALLED, STOPPED, NULL), "one is stopped");
	for (unsigned int i = 0; i < CLIENTS; i++)
		fds[i] = (struct pollfd){ .events = POLLIN,
		    .fd = sticky_connect(a, STICKY_CLIENT(i)) };
	for (unsigned int i = 0; i < CLIENTS; i++) {
		home = sticky_home_of(STICKY_CLIENT(i), 32, WORKERS);
		if (home == STOPPED)
			waited += poll(&fds[i], 1, 0) == 0;
		else
			right += keeper_greeted(fds[i].fd) == home;
	}
	ok(waited > 0 && waited + right == CLIENTS, "%d wait, %d others are "
	    "greeted", waited, right);
	app_kill(a, STOPPED, SIGCONT);
	for (unsigned int i = 0; i < CLIENTS; i++) {
		home = sticky_home_of(STICKY_CLIENT(i), 32, WORKERS);
		seat = home == STOPPED ? keeper_greeted(fds[i].fd) : home;
		waited -= home == STOPPED && seat == home;
		close(fds[i].fd);
	}
	is_int(waited, 0, "when it goes on all are greeted by it");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	away();
	wait_for_it();
	return done_testing();
}
