/* t/41-accept-fails: an accept that fails loses no connection and counts none */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/app.h"
#include "t/lib/nth.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

/* What accept(2) says, and the call: that, or 0, the next connection. */
static const struct row {
	int	says, gives;
} rows[] = {
	{ EINTR, 0 }, { ECONNABORTED, 0 }, { EPROTO, 0 }, { EPERM, 0 },
	{ ENETDOWN, 0 }, { ENOPROTOOPT, 0 }, { EHOSTDOWN, 0 }, { ENONET, 0 },
	{ EHOSTUNREACH, 0 }, { EOPNOTSUPP, 0 }, { ENETUNREACH, 0 },
	{ EMFILE, -EMFILE }, { ENFILE, -ENFILE }, { ENOBUFS, -ENOBUFS },
	{ ENOMEM, -ENOMEM }, { EAGAIN, -EAGAIN }, { EINVAL, -EINVAL },
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* For each row a connection that waits; what the call gave is its answer. */
static int
serve(struct cadre_worker *w, void *arg)
{
	struct pollfd p = { cadre_worker_listener_fd(w, 0), POLLIN, 0 };
	struct epoll_event e;
	int epfd = epoll_create1(EPOLL_CLOEXEC), fd, given;

	cadre_worker_ready(w);
	for (int i = 0; i < ROWS; i++) {
		cadre_worker_wait(w, epfd, &e, 1, 0);
		(void)poll(&p, 1, APP_WAIT_S * 1000);
		nth_arm("accept4", 1, rows[i].says);
		given = fd = cadre_worker_accept(w, 0, NULL);
		nth_disarm();
		if (fd < 0)
			fd = cadre_worker_accept(w, 0, NULL);
		given = given > 0 ? 0 : given;
		(void)!send(fd, &given, sizeof(given), MSG_NOSIGNAL);
		cadre_worker_close(w, fd);
	}
	return app_idle(w, arg);
}

int
main(void)
{
	struct app *a = app_start(1, serve);
	int fd, given;

	for (const struct row *r = rows; r < rows + ROWS; r++) {
		fd = app_connect(a);
		given = 1;
		ok(recv(fd, &given, sizeof(given), MSG_WAITALL) ==
		    sizeof(given), "%s: the connection is taken",
		    strerrorname_np(r->says));
		is_int(given, r->gives, r->gives == 0 ? "by the same call" :
		    "by the next call");
		close(fd);
	}
	ok(app_wait_total(a, "done", ROWS) && app_wait_idle(a, 0), "it waits");
	is_u64(app_total(a, "accepted"), ROWS, "one is counted for each");
	is_u64(app_total(a, "open"), 0, "none is open");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
