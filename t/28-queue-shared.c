/* t/28-queue-shared: the length and age of a queue that all share, tcp and unix */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "shm/clock.h"
#include "t/lib/server.h"
#include "t/lib/tap.h"

#define CLIENTS		5

/* T is long, so the acceptor does not come to their rescue. */
static void
config(struct cadre_master *m, void *arg)
{
	char path[96];

	(void)arg;
	snprintf(path, sizeof(path), "unix:%s/web", getenv("CADRE_RUNTIME_DIR"));
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_listen(m, path, NULL) < 0)
		exit(99);
	server_set(m, CADRE_STALL_MS, 60000);
}

struct wanted {
	struct app	*app;
	uint64_t	queue[2], since_ns[2];
};

static bool
are_queues(void *arg)
{
	struct wanted *q = arg;
	struct cadre_shm_listener l;

	for (unsigned int i = 0; i < 2; i++) {
		if (cadre_region_listener(q->app->region, i, &l) < 0 ||
		    l.queue != q->queue[i] ||
		    (l.queue_since_ns != 0) != (l.queue != 0))
			return false;
		q->since_ns[i] = l.queue_since_ns;
	}
	return true;
}

int
main(void)
{
	struct app *a = app_start_with(1, server_run, config, NULL);
	/* The kernel tells of a Unix socket only that something waits. */
	struct wanted some = { a, { CLIENTS, 1 }, { 0, 0 } };
	struct wanted none = { a, { 0, 0 }, { 0, 0 } };
	unsigned int port = a->port;
	int fds[2 * CLIENTS], busy;
	uint64_t begin_ns;

	ok(server_all_up(a, 1), "the worker is up");
	ok(app_until(are_queues, &none), "nothing waits");
	busy = server_open(a, "sleep 6000\n");
	ok(app_wait_total(a, "accepted", 1), "it is busy");
	begin_ns = clock_now_ns();
	for (int i = 0; i < 2 * CLIENTS; i++) {
		a->port = i < CLIENTS ? port : 0;
		fds[i] = server_open(a, "hello\n");
	}
	ok(app_until(are_queues, &some), "the queues are %d, and not empty",
	    CLIENTS);
	for (int i = 0; i < 2; i++)
		ok(some.since_ns[i] >= begin_ns &&
		    some.since_ns[i] <= clock_now_ns(), "since then");
	is_int(server_answers(fds, 2 * CLIENTS, APP_WAIT_S * 1000),
	    2 * CLIENTS, "all are answered");
	ok(app_until(are_queues, &none), "nothing waits any more");
	for (int i = 0; i < 2 * CLIENTS; i++)
		close(fds[i]);
	close(busy);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
