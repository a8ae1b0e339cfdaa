/* t/41-sticky-crash: a crash of another, a respawn and a reload move none of 1,000 clients who came without a cookie */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "t/lib/keeper.h"
#include "t/lib/sticky.h"
#include "t/lib/tap.h"

enum { WORKERS = 4, CLIENTS = 1000 };

static struct client {
	unsigned int	seat;
	char		cookie[96];
} clients[CLIENTS];

static void
all_come(const struct app *a)
{
	struct sticky_answer answer;
	int came = 0, at_home = 0;

	for (unsigned int i = 0; i < CLIENTS; i++) {
		if (sticky_get(a, STICKY_CLIENT(i), "/", NULL, &answer) < 0)
			continue;
		came++;
		clients[i].seat = answer.seat;
		snprintf(clients[i].cookie, sizeof(clients[i].cookie), "sid=%s",
		    answer.id);
		at_home += sticky_home_of_text(answer.id, WORKERS) ==
		    (int)answer.seat;
	}
	ok(came == CLIENTS && at_home == CLIENTS, "%d come without a cookie, "
	    "and get one", came);
}

/* Those at home in `dead` may meet another while their worker is not there. */
static int
lost(const struct app *a, int dead)
{
	struct sticky_answer answer;
	int lost = 0;

	for (unsigned int i = 0; i < CLIENTS; i++)
		if (clients[i].seat != (unsigned int)dead)
			lost += sticky_get(a, STICKY_CLIENT(CLIENTS + i), "/",
			    clients[i].cookie, &answer) < 0 ||
			    answer.seat != clients[i].seat;
	return lost;
}

struct replaced {
	struct app	*app;
	uint64_t	since[WORKERS];
	int		lost, rounds;
};

/* All the while they come. */
static bool
are_replaced(void *arg)
{
	struct replaced *r = arg;
	bool all = true;

	r->lost += lost(r->app, -1);
	r->rounds++;
	for (unsigned int i = 0; i < WORKERS; i++)
		all &= app_generation(r->app, i) > r->since[i];
	return all;
}

int
main(void)
{
	struct app *a = keeper_start(WORKERS, sticky_web,
	    "mode=sticky:cookie:sid");
	struct replaced r = { .app = a };
	uint64_t generation = app_generation(a, 2);

	ok(sticky_seated(a, WORKERS), "all seats are known");
	all_come(a);
	is_int(lost(a, -1), 0, "all are led back");
	ok(app_kill(a, 2, SIGKILL) == 0, "the worker of seat 2 is killed");
	is_int(lost(a, 2), 0, "meanwhile those of others lose nothing");
	ok(app_wait_respawn(a, 2, generation) && sticky_seated(a, WORKERS),
	    "it comes again");
	is_int(lost(a, -1), 0, "after the respawn all are led where they were");
	for (unsigned int i = 0; i < WORKERS; i++)
		r.since[i] = app_generation(a, i);
	ok(kill(a->master, SIGHUP) == 0 && app_until(are_replaced, &r),
	    "a reload, and they come all the while");
	is_int(r.lost, 0, "0 of %d were led elsewhere", r.rounds * CLIENTS);
	is_int(lost(a, -1), 0, "nor afterwards");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
