/* t/41-handed-close: a connection that was handed over is closed for the loop, whoever has a copy */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/wait.h>

#include "t/lib/server.h"
#include "t/lib/tap.h"

static int *stale;			/* shared: what the worker was told */

/* A child has copies, as the acceptor has for a moment. */
static void
close_one(struct cadre_worker *w, int epfd, int fd)
{
	struct epoll_event e[4] = { { .events = EPOLLIN, .data.fd = fd } };
	bool ended = false;
	pid_t child;
	int n;

	epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e[0]);
	/* Until the client has ended it: then there is always news. */
	while (!ended) {
		n = cadre_worker_wait(w, epfd, e, 4, -1);
		for (int i = 0; i < n; i++)
			ended |= e[i].data.fd == fd;
	}
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	cadre_worker_close(w, fd);
	n = cadre_worker_wait(w, epfd, e, 4, 0);
	for (int i = 0; i < n; i++)
		*stale += e[i].data.fd == fd;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static int
serve(struct cadre_worker *w, void *arg)
{
	int epfd = epoll_create1(EPOLL_CLOEXEC), fd;
	struct epoll_event e = { .events = EPOLLIN, .data.fd = -1 };

	(void)arg;
	epoll_ctl(epfd, EPOLL_CTL_ADD, cadre_worker_listener_fd(w, 0), &e);
	cadre_worker_ready(w);
	while (!cadre_worker_draining(w)) {
		cadre_worker_wait(w, epfd, &e, 1, -1);
		fd = cadre_worker_accept(w, 0, NULL);
		if (fd < 0)
			continue;
		close_one(w, epfd, fd);
		cadre_counter_add(app_requests, 1);
	}
	return 0;
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, getenv("T_MODE"));
}

int
main(void)
{
	static const char *const modes[] = { "rr", "least" };
	struct app *a;

	stale = mmap(NULL, sizeof(*stale), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		setenv("T_MODE", modes[i], 1);
		a = app_start_with(1, serve, config, NULL);
		close(app_connect(a));
		close(app_connect(a));
		ok(app_wait_total(a, "requests", 2), "%s: both are over",
		    modes[i]);
		is_int(*stale, 0, "%s: nothing was told of what is closed",
		    modes[i]);
		is_int(app_stop(a), 0, "%s: the master exits 0", modes[i]);
	}
	return done_testing();
}
