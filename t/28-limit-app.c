/* t/28-limit-app: all workers together have no more open than the app's limit, and one each */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/server.h"
#include "t/lib/tap.h"

#define WORKERS		3
#define LIMIT		6
#define CLIENTS		14
#define CHURN		100

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, getenv("T_MODE"));
	server_set(m, CADRE_APP_CONNECTIONS, LIMIT);
}

static unsigned int most;

/* Those that have an answer have one of the places. */
static int
answered(const int *fds)
{
	int n = server_answers(fds, CLIENTS, 0);

	if ((unsigned int)n > most)
		most = (unsigned int)n;
	return n;
}

static bool
has_places(void *fds)
{
	return answered(fds) >= LIMIT;
}

static void
limits(const char *mode, unsigned int over)
{
	int fds[CLIENTS], left = CLIENTS, churned = 0, who;
	struct app *a;

	setenv("T_MODE", mode, 1);
	most = 0;
	a = app_start_with(WORKERS, server_run, config, NULL);
	ok(server_all_up(a, WORKERS), "%s: the workers are up", mode);
	for (int i = 0; i < CLIENTS; i++)
		fds[i] = server_open(a, "hello\n");
	while (churned < CHURN && app_until(has_places, fds)) {
		while (server_answers(&fds[who = rand() % CLIENTS], 1, 0) == 0)
			;
		close(fds[who]);
		fds[who] = server_open(a, "hello\n");
		churned++;
	}
	is_int(churned, CHURN, "%s: they end and others come", mode);
	ok(most >= LIMIT && most <= LIMIT + over, "%s: %u were open at once",
	    mode, most);
	for (int tries = 0; left > 0 && tries < 1000; tries++)
		for (int i = 0; i < CLIENTS; i++)
			if (fds[i] >= 0 && server_answers(&fds[i], 1, 2) == 1) {
				close(fds[i]);
				fds[i] = -1;
				left--;
			}
	is_int(left, 0, "%s: all are answered", mode);
	is_int(app_stop(a), 0, "%s: the master exits 0", mode);
}

int
main(void)
{
	/* Where workers accept by themselves, each may see room at once. */
	limits("spread", WORKERS);
	limits("gate", WORKERS);
	limits("rr", 0);
	limits("least", 0);
	limits("sticky:addr", 0);
	return done_testing();
}
