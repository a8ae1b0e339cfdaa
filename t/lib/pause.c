/* SPDX-License-Identifier: BSD-2-Clause */
/* Pauses of the whole group; see pause.h. */
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "t/lib/pause.h"
#include "t/lib/probe.h"
#include "t/lib/server.h"
#include "t/lib/tap.h"

#define HANG_MS		200
#define PAUSE_MS	350
#define WORKERS		2

/* M: the master, A: the acceptor, 0 and 1: workers. 1 is within a turn. */
static const struct order {
	const char	*stop, *go;
} orders[] = {
	{ "0M1A", "M01A" },	/* one known to be stopped, one not yet */
	{ "M01A", "1M0A" },	/* one that went on in its turn before us */
	{ "M01A", "M01A" },
	{ "01AM", "01AM" },
	{ "A10M", "M10A" },
};
enum { ORDERS = sizeof(orders) / sizeof(orders[0]) };

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, "rr");
	server_set(m, CADRE_STALL_MS, 50);
	server_set(m, CADRE_HANG_MS, HANG_MS);
}

static pid_t
pid_of(const struct app *a, char who)
{
	struct cadre_app app;

	cadre_region_app(a->region, &app);
	return who == 'M' ? a->master : who == 'A' ? (pid_t)app.acceptor_pid :
	    app_pid(a, (unsigned int)(who - '0'));
}

/* False: the master did not see what it should have seen. */
static bool
paused(struct app *a, const struct order *o)
{
	bool seen = true;
	const char *who;

	for (who = o->stop; *who != '\0'; who++) {
		kill(pid_of(a, *who), SIGSTOP);
		if (*who == '0' && who == o->stop && who[1] == 'M')
			seen = server_cause(a, 0, CADRE_CAUSE_STOPPED);
	}
	poll(NULL, 0, PAUSE_MS);	/* not a wait for a state: the pause */
	for (who = o->go; *who != '\0'; who++) {
		kill(pid_of(a, *who), SIGCONT);
		/* Time for it to find those who do not go on yet. */
		if (*who == 'M')
			seen &= probe_turn(a);
	}
	return seen;
}

/* Two clients of a seat each; the second keeps its worker in a turn. */
static bool
pause_one(struct app *a, const struct order *o)
{
	int fds[WORKERS];
	bool good;

	fds[0] = server_open(a, "hello\n");
	fds[1] = server_open(a, "sleep 30\n");
	good = paused(a, o);
	good &= server_answers(fds, WORKERS, APP_WAIT_S * 1000) == WORKERS;
	for (int i = 0; i < WORKERS; i++)
		close(fds[i]);
	return good && server_cause(a, 0, 0) && server_cause(a, 1, 0);
}

void
pause_test(unsigned int pauses)
{
	struct app *a = app_start_with(WORKERS, server_run, config, NULL);
	unsigned int i, hung = 0, died = 0;
	struct cadre_cursor c = { 0 };
	struct cadre_shm_event e;

	ok(server_all_up(a, WORKERS), "all are up");
	for (i = 0; i < pauses && pause_one(a, &orders[i % ORDERS]); i++)
		while (cadre_region_events(a->region, &c, &e, 1) == 1) {
			hung += e.kind == CADRE_EVENT_HUNG;
			died += e.kind == CADRE_EVENT_DIED ||
			    e.kind == CADRE_EVENT_ACCEPTOR;
		}
	is_int((int)i, (int)pauses, "pauses, and all go on");
	is_u64(c.lost, 0, "no event was lost");
	is_int((int)hung, 0, "nobody is called hung");
	is_int((int)died, 0, "nobody died");
	is_int(app_stop(a), 0, "the master exits 0");
}
