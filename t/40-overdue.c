/* t/40-overdue: a worker whose request is past its deadline is told of by its tag, ended and replaced, though its loop turns */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>

#include "shm/clock.h"
#include "t/lib/app.h"
#include "t/lib/tap.h"

#define DEADLINE_MS	200

enum what { REST, LATE, LATE_DEAF, IN_TIME, EXTENDED };
static const struct row {
	enum what	what;
	int		signal;		/* that ends it; 0: none does */
} rows[] = {
	{ LATE, SIGABRT }, { IN_TIME, 0 }, { EXTENDED, 0 },
	{ LATE_DEAF, SIGKILL },
};

static enum what *does;		/* shared: each life begins with this */
static unsigned int *over;	/* shared: requests that ended as they should */

/* Its loop turns in the meantime, each some milliseconds. */
static void
turns(struct cadre_worker *w, int epfd, uint64_t ns)
{
	uint64_t end_ns = clock_now_ns() + ns;
	struct epoll_event e;

	while (clock_now_ns() < end_ns)
		(void)cadre_worker_wait(w, epfd, &e, 1, 5);
}

static void
request(struct cadre_worker *w, int epfd, enum what what)
{
	const uint64_t ms = NS_PER_MS * DEADLINE_MS;

	if (cadre_request_begin(w, "GET /\033report", DEADLINE_MS) != 0 ||
	    cadre_request_begin(w, "another", 1) != -EBUSY)
		exit(3);
	if (what == LATE_DEAF)
		signal(SIGABRT, SIG_IGN);
	if (what == LATE || what == LATE_DEAF)
		turns(w, epfd, 1000 * ms);
	for (int i = 0; what == EXTENDED && i < 10; i++) {
		if (cadre_request_extend(w, 60000) != 0)
			exit(3);
		turns(w, epfd, ms / 4);
	}
	cadre_request_end(w);
	if (cadre_request_extend(w, 1) != -ENOENT ||
	    cadre_request_begin(w, NULL, 86400001) != -EINVAL)
		exit(3);
	turns(w, epfd, 2 * ms);
	__atomic_add_fetch(over, 1, __ATOMIC_RELAXED);
}

static int
serve(struct cadre_worker *w, void *arg)
{
	int epfd = epoll_create1(EPOLL_CLOEXEC);
	enum what what = *does;
	struct epoll_event e;

	(void)arg;
	*does = REST;
	(void)cadre_worker_ready(w);
	if (what != REST)
		request(w, epfd, what);
	while (!cadre_worker_draining(w))
		(void)cadre_worker_wait(w, epfd, &e, 1, -1);
	return 0;
}

static bool
is_over(void *arg)
{
	return __atomic_load_n(over, __ATOMIC_RELAXED) ==
	    *(unsigned int *)arg;
}

static void
late(struct app *a, uint64_t generation, int signal)
{
	struct cadre_shm_event e = { .kind = 0 };
	char line[700];

	ok(app_wait_event(a, CADRE_EVENT_OVERDUE, 0, &e) &&
	    e.generation == generation, "it is told of");
	cadre_event_text(&e, line, sizeof(line));
	ok(strstr(line, "GET /\\x1breport") != NULL, "%s", line);
	ok(e.duration_ns >= DEADLINE_MS * NS_PER_MS, "after its deadline");
	ok(app_wait_event(a, CADRE_EVENT_DIED, 0, &e), "it dies");
	is_int((int)e.exit_signal, signal, "of the signal");
	ok(app_wait_respawn(a, 0, generation), "another comes");
}

int
main(void)
{
	unsigned int well = 0;
	uint64_t generation;
	struct app *a;

	does = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED |
	    MAP_ANONYMOUS, -1, 0);
	over = (unsigned int *)(does + 1);
	a = app_start(1, serve);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		*does = rows[i].what;
		generation = app_generation(a, 0);
		ok(app_kill(a, 0, SIGKILL) == 0, "another life");
		ok(app_wait_event(a, CADRE_EVENT_DIED, 0, NULL) &&
		    app_wait_respawn(a, 0, generation), "begins");
		generation = app_generation(a, 0);
		if (rows[i].signal != 0) {
			late(a, generation, rows[i].signal);
			continue;
		}
		well++;
		ok(app_until(is_over, &well), "its request ends in time");
		is_u64(app_generation(a, 0), generation, "and it lives");
	}
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
