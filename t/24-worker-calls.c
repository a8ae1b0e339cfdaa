/* t/24-worker-calls: a worker's calls with what is not there, or not its own, are refused */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <unistd.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

/* What the worker got from each call, in its log. */
struct told {
	int	no_listener, no_accept, close_nothing, close_twice;
	int	wait_nowhere, wait_on_file;
	int	counter, gauge, ready_again;
	bool	peer_known;
};

static int
tell(struct cadre_worker *w, void *arg)
{
	int epfd = epoll_create1(EPOLL_CLOEXEC), fd;
	struct cadre_peer peer = { .bytes = 0 };
	struct cadre_counter *c;
	struct cadre_gauge *g;
	struct epoll_event e;
	struct told t = { 0 };

	cadre_worker_ready(w);
	t.ready_again = cadre_worker_ready(w);
	t.no_listener = cadre_worker_listener_fd(w, 1);
	t.no_accept = cadre_worker_accept(w, 1, NULL);
	t.close_nothing = cadre_worker_close(w, -1);
	t.wait_nowhere = cadre_worker_wait(w, -1, &e, 1, -1);
	t.wait_on_file = cadre_worker_wait(w, 1, &e, 1, -1);
	t.counter = cadre_worker_counter(w, "n", "", "", &c);
	t.gauge = cadre_worker_gauge(w, "n", "", "", &g);
	while ((fd = cadre_worker_accept(w, 0, &peer)) < 0)
		cadre_worker_wait(w, epfd, &e, 1, 1);
	t.peer_known = peer.address.ss_family == AF_INET && peer.bytes > 0;
	cadre_worker_close(w, fd);
	t.close_twice = cadre_worker_close(w, fd);
	(void)!write(STDOUT_FILENO, &t, sizeof(t));
	return app_idle(w, arg);
}

int
main(void)
{
	struct app *a = app_start(1, tell);
	char answer[64];
	struct told t;

	is_int(app_ask(a, "hello\n", answer, sizeof(answer)), -EPIPE,
	    "it takes one connection");
	ok(app_wait_total(a, "done", 1) && app_wait_idle(a, 0) &&
	    probe_log(a, 0, &t, sizeof(t)) == sizeof(t), "and has told");
	is_int(t.no_listener, -ENOENT, "no such listener");
	is_int(t.no_accept, -ENOENT, "none to accept from");
	is_int(t.close_nothing, -EBADF, "no descriptor to close");
	is_int(t.close_twice, -EBADF, "nor a second time");
	is_int(t.wait_nowhere, -EBADF, "nowhere to wait");
	is_int(t.wait_on_file, -EINVAL, "a file is no epoll");
	is_int(t.counter, -EPERM, "a forked worker declares no counter");
	is_int(t.gauge, -EPERM, "and no gauge");
	is_int(t.ready_again, 0, "ready twice is ready");
	ok(t.peer_known, "who has connected is known");
	is_u64(app_total(a, "done"), 1, "one close is counted, not three");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
