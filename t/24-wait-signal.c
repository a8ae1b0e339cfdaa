/* t/24-wait-signal: a signal of the application's own ends a worker's wait, without an event */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <unistd.h>

#include <sys/time.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static void
nothing(int signal)
{
	(void)signal;
}

/* It comes again, as the first could be too early, until the wait ends. */
static int
serve(struct cadre_worker *w, void *arg)
{
	static const struct itimerval often = { { 0, 1000 }, { 0, 1000 } };
	static const struct itimerval never;
	struct sigaction handler = { .sa_handler = nothing };
	int epfd = epoll_create1(EPOLL_CLOEXEC), n;
	struct epoll_event e;

	sigaction(SIGALRM, &handler, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	n = cadre_worker_wait(w, epfd, &e, 1, -1);
	setitimer(ITIMER_REAL, &never, NULL);
	(void)!write(STDOUT_FILENO, &n, sizeof(n));
	return app_idle(w, arg);
}

int
main(void)
{
	struct app *a = app_start(1, serve);
	int n = -1;

	is_int(probe_log(a, 0, &n, sizeof(n)), sizeof(n), "the wait has ended");
	is_int(n, 0, "without an event and without an error");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
