/* t/29-ticks: the master looks often while there is traffic, and a second later once a second again */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <unistd.h>

#include "t/lib/probe.h"
#include "t/lib/server.h"
#include "t/lib/tap.h"

#define KEY	"voluntary_ctxt_switches"
#define BUSY	9		/* wake-ups in a second, of 20 looks and more */
#define WORKERS	2

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, getenv("T_MODE"));
}

/* Until the next base tick. */
static long
wakes(struct app *a)
{
	long before = probe_status(a->master, KEY);

	(void)probe_beats(a, 1);
	return probe_status(a->master, KEY) - before;
}

static bool
is_quiet(void *a)
{
	return wakes(a) <= 2;
}

/* A connection now and then, for as long as the master takes for a beat. */
static bool
asks(void *arg)
{
	struct app *a = arg;
	static long before;
	int fd = server_open(a, "hello\n");

	(void)server_answer(fd, NULL, NULL);
	close(fd);
	if (before == 0)
		before = probe_status(a->master, KEY);
	return probe_status(a->master, KEY) - before > BUSY;
}

int
main(void)
{
	struct cadre_app app;
	uint64_t turns;
	struct app *a;
	long acceptor;

	setenv("T_MODE", "rr", 1);
	server_share();
	a = app_start_with(WORKERS, server_run, config, NULL);
	ok(server_all_up(a, WORKERS) && probe_beats(a, 1), "all are up");
	ok(app_until(is_quiet, a), "idle, the master wakes once a second");
	ok(app_until(asks, a), "with traffic it looks often");
	ok(app_until(is_quiet, a), "and ends");
	cadre_region_app(a->region, &app);
	acceptor = probe_status((pid_t)app.acceptor_pid, KEY);
	turns = app_total(a, "turns");
	ok(wakes(a) <= 2, "once a second again");
	is_u64(app_total(a, "turns"), turns, "no worker wakes");
	is_int(probe_status((pid_t)app.acceptor_pid, KEY), acceptor,
	    "nor does the acceptor");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
