/* t/28-queue: what waits for a worker shows in its row; taking nothing, it is called stalled */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>

#include "t/lib/server.h"
#include "t/lib/tap.h"

#define CLIENTS		5

static int *served;			/* shared: from now on it accepts */

/* Waits as one should, but accepts only when it is told to. */
static int
serve(struct cadre_worker *w, void *arg)
{
	struct epoll_event e;
	int epfd = epoll_create1(EPOLL_CLOEXEC);

	cadre_worker_ready(w);
	while (!cadre_worker_draining(w) &&
	    !__atomic_load_n(served, __ATOMIC_ACQUIRE))
		cadre_worker_wait(w, epfd, &e, 1, 10);
	return server_run(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, getenv("T_MODE"));
}

struct wanted {
	struct app	*app;
	uint64_t	queue;
	bool		listener;	/* it waits there, not at the seat */
};

static bool
is_queue(void *arg)
{
	const struct wanted *q = arg;
	struct cadre_shm_listener l;
	struct cadre_seat_view v;

	if (!app_seat(q->app, 0, &v) ||
	    cadre_region_listener(q->app->region, 0, &l) < 0)
		return false;
	return v.newest.life.queue == q->queue &&
	    (v.newest.life.queue_since_ns != 0) == (q->queue != 0) &&
	    l.queue == (q->listener ? q->queue : 0) &&
	    (l.queue_since_ns != 0) == (l.queue != 0);
}

static void
wait_in(const char *mode, bool listener)
{
	struct wanted five = { NULL, CLIENTS, listener }, none = { .queue = 0 };
	struct cadre_shm_event e = { .kind = 0 };
	int fds[CLIENTS];
	struct app *a;

	*served = 0;
	setenv("T_MODE", mode, 1);
	five.app = none.app = a = app_start_with(1, serve, config, NULL);
	ok(server_all_up(a, 1), "%s: the worker is up", mode);
	ok(app_until(is_queue, &none), "%s: nothing waits", mode);
	for (int i = 0; i < CLIENTS; i++)
		fds[i] = server_open(a, "hello\n");
	ok(app_until(is_queue, &five), "%s: %d wait", mode, CLIENTS);
	ok(app_wait_event(a, CADRE_EVENT_STALLED, 0, &e), "%s: it stalls",
	    mode);
	is_u64(e.cause, CADRE_CAUSE_QUEUE, "%s: the cause", mode);
	ok(e.duration_ns > 100000000, "%s: for more than T", mode);
	ok(server_cause(a, 0, CADRE_CAUSE_QUEUE), "%s: its row says so", mode);
	__atomic_store_n(served, 1, __ATOMIC_RELEASE);
	is_int(server_answers(fds, CLIENTS, APP_WAIT_S * 1000), CLIENTS,
	    "%s: all are answered", mode);
	ok(app_wait_event(a, CADRE_EVENT_RESUMED, 0, &e) &&
	    e.cause == CADRE_CAUSE_QUEUE, "%s: it resumes", mode);
	ok(server_cause(a, 0, 0), "%s: its row is clean", mode);
	ok(app_until(is_queue, &none), "%s: nothing waits", mode);
	for (int i = 0; i < CLIENTS; i++)
		close(fds[i]);
	is_int(app_stop(a), 0, "%s: the master exits 0", mode);
}

int
main(void)
{
	served = mmap(NULL, sizeof(*served), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	wait_in("spread", true);
	wait_in("rr", false);
	wait_in("least", false);
	return done_testing();
}
