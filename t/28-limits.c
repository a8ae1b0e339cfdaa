/* t/28-limits: no worker has more open than its limit; what waits is answered when others end */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <unistd.h>

#include "t/lib/probe.h"
#include "t/lib/server.h"
#include "t/lib/tap.h"

#define WORKERS		2
#define LIMIT		3
#define CLIENTS		(WORKERS * LIMIT + 5)
#define CHURN		150

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, getenv("T_MODE"));
	server_set(m, CADRE_WORKER_CONNECTIONS, LIMIT);
}

/* One that has its answer ends, and another comes in its place. */
static bool
churn(const struct app *a, int *fds)
{
	int who = rand() % CLIENTS, tries = 0;

	while (server_answers(&fds[who], 1, 0) == 0 && tries++ < 1000000)
		who = rand() % CLIENTS;
	close(fds[who]);
	fds[who] = server_open(a, "hello\n");
	return tries < 1000000;
}

static void
limits(const char *mode)
{
	int fds[CLIENTS], left = CLIENTS, n;
	unsigned int churned = 0;
	struct app *a;

	setenv("T_MODE", mode, 1);
	server_share();
	a = app_start_with(WORKERS, server_run, config, NULL);
	ok(server_all_up(a, WORKERS), "%s: the workers are up", mode);
	for (int i = 0; i < CLIENTS; i++)
		fds[i] = server_open(a, "hello\n");
	ok(app_wait_total(a, "requests", WORKERS * LIMIT), "%s: all answer as "
	    "many as they may", mode);
	is_int(server_answers(fds, CLIENTS, 100), WORKERS * LIMIT,
	    "%s: the others wait", mode);
	while (churned < CHURN && churn(a, fds))
		churned++;
	is_int((int)churned, CHURN, "%s: they end and come", mode);
	/* Whoever has an answer goes, until all had one. */
	for (int tries = 0; left > 0 && tries < 1000; tries++)
		for (int i = 0; i < CLIENTS; i++)
			if (fds[i] >= 0 && server_answers(&fds[i], 1,
			    fds[i] >= 0 ? 2 : 0) == 1) {
				close(fds[i]);
				fds[i] = -1;
				left--;
			}
	is_int(left, 0, "%s: all are answered", mode);
	for (unsigned int i = 0; i < WORKERS; i++)
		is_int((int)server_seats[i].most, LIMIT, "%s: the most that "
		    "seat %u ever had", mode, i);
	n = app_stop(a);
	is_int(n, 0, "%s: the master exits 0", mode);
}

int
main(void)
{
	limits("spread");
	limits("gate");
	limits("rr");
	limits("least");
	limits("sticky:addr");
	limits("sticky:cookie:s");
	return done_testing();
}
