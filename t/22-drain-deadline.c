/* t/22-drain-deadline: a worker that drains knows by when it shall have finished */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/mman.h>

#include "shm/clock.h"
#include "t/lib/app.h"
#include "t/lib/tap.h"

#define DRAIN_MS	30000

static uint64_t *seen;		/* shared: before, when it drains, and then */

static int
serve(struct cadre_worker *w, void *arg)
{
	int epfd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event e;

	(void)arg;
	seen[0] = cadre_worker_drain_deadline(w);
	cadre_worker_ready(w);
	while (!cadre_worker_draining(w))
		(void)cadre_worker_wait(w, epfd, &e, 1, -1);
	seen[1] = cadre_worker_drain_deadline(w);
	seen[2] = clock_now_ns();
	return 0;
}

static void
config(struct cadre_master *m, void *arg)
{
	if (cadre_master_set(m, CADRE_DRAIN_TIMEOUT_MS, *(int *)arg) < 0)
		exit(99);
}

static void
drains(int ms, int signal)
{
	struct app *a = app_start_with(1, serve, config, &ms);
	uint64_t from_ns;

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "%d ms: it is up", ms);
	is_u64(seen[0], 0, "%d ms: no deadline before", ms);
	from_ns = clock_now_ns();
	kill(a->master, signal);
	is_int(app_wait_end(a), 0, "%d ms: the master exits 0", ms);
	if (ms == 0 || signal == SIGQUIT)
		is_u64(seen[1], 0, "%d ms: nor then", ms);
	else
		ok(seen[1] >= from_ns + (uint64_t)ms * NS_PER_MS &&
		    seen[1] <= seen[2] + (uint64_t)ms * NS_PER_MS,
		    "%d ms: from when it was told", ms);
	app_free(a);
}

int
main(void)
{
	seen = mmap(NULL, 3 * sizeof(*seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	drains(DRAIN_MS, SIGTERM);
	drains(0, SIGTERM);
	drains(DRAIN_MS, SIGQUIT);
	return done_testing();
}
