/* SPDX-License-Identifier: BSD-2-Clause */
/* See churn.h. */
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "t/lib/churn.h"
#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { WORKERS = 4, ROUNDS = 3, APART = 3, PACE_MS = 1 };

struct crowd {
	struct app	*app;
	unsigned int	n;
	int		*fds;
	unsigned int	failed;
	unsigned int	cv_percent;	/* 0: at most APART from each other */
};

static void
enter(struct crowd *c, unsigned int i)
{
	unsigned int seat;

	/*
	 * Who is out of the gate comes back within 5 ms, and all that comes
	 * meanwhile is for who is in: so not thousands in that time.
	 */
	if (c->cv_percent > 0)
		(void)poll(NULL, 0, PACE_MS);
	c->fds[i] = keeper_enter(c->app, &seat);
	c->failed += c->fds[i] < 0;
}

static void
leave(struct crowd *c, unsigned int i)
{
	if (c->fds[i] >= 0)
		close(c->fds[i]);
	c->fds[i] = -1;
}

/* Not before the workers know who left are the others made. */
static bool
replaced(void *arg)
{
	struct crowd *c = arg;

	return app_total(c->app, "open") == c->n / 2;
}

static void
replace_half(struct crowd *c)
{
	unsigned int other;
	int fd;

	for (unsigned int i = c->n - 1; i > 0; i--) {
		other = (unsigned int)random() % (i + 1);
		fd = c->fds[i];
		c->fds[i] = c->fds[other];
		c->fds[other] = fd;
	}
	for (unsigned int i = 0; i < c->n / 2; i++)
		leave(c, i);
	ok(app_until(replaced, c), "half of them leave");
	for (unsigned int i = 0; i < c->n / 2; i++)
		enter(c, i);
}

static void
even(struct crowd *c, const char *options)
{
	int64_t open, mean = c->n / WORKERS, low = INT64_MAX, high = 0;
	double squares = 0, cv;

	for (unsigned int i = 0; i < WORKERS; i++) {
		open = (int64_t)probe_value(c->app, i, "open");
		low = open < low ? open : low;
		high = open > high ? open : high;
		squares += (double)((open - mean) * (open - mean));
	}
	cv = 100 * sqrt(squares / WORKERS) / (double)mean;
	ok(c->cv_percent > 0 ? cv <= c->cv_percent : high - low <= APART,
	    "%s: %ld to %ld open, their deviation is %.1f %%", options,
	    (long)low, (long)high, cv);
}

void
churn(const char *options, unsigned int connections, unsigned int cv_percent)
{
	struct crowd c = { .n = connections, .cv_percent = cv_percent };
	uint64_t generation[2];

	c.fds = calloc(connections, sizeof(*c.fds));
	c.app = keeper_start(WORKERS, keeper, options);
	for (unsigned int i = 0; i < c.n; i++)
		enter(&c, i);
	even(&c, options);
	for (int round = 0; round < ROUNDS; round++) {
		replace_half(&c);
		even(&c, options);
	}
	for (unsigned int i = 0; i < 2; i++) {
		generation[i] = app_generation(c.app, i);
		app_kill(c.app, i, SIGKILL);
	}
	for (unsigned int i = 0; i < 2; i++)
		ok(app_wait_respawn(c.app, i, generation[i]), "seat %u was "
		    "killed, and serves again", i);
	for (unsigned int i = 0; i < c.n; i++)
		leave(&c, i);
	is_int((int)c.failed, 0, "all connections were answered");
	ok(keeper_rests(c.app, WORKERS), "at rest the load of each is 0");
	is_int(app_stop(c.app), 0, "the master exits 0");
	free(c.fds);
}
