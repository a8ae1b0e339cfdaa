/* t/29-many-observers: however many are connected, the next one gets in, and the oldest is out */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include <sys/socket.h>

#include "shm/rundir.h"
#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define MOST	64

static int
connected(const struct app *a)
{
	char path[512];
	int dirfd = cadre__rundir_find(a->name, path, sizeof(path)), fd;

	fd = dirfd >= 0 ? cadre__rundir_connect(dirfd) : dirfd;
	close(dirfd);
	if (!probe_turn(a))		/* until it was let in */
		bail_out("the app does not answer");
	return fd;
}

static bool
is_out(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLHUP) != 0;
}

int
main(void)
{
	struct app *a = app_start(1, app_idle);
	int fds[MOST + 8], out = 0, n;

	for (n = 0; n < MOST - 1; n++)
		fds[n] = connected(a);
	for (int i = 0; i < n; i++)
		out += is_out(fds[i]);
	is_int(out, 0, "%d connections stay", n);
	for (; n < MOST + 8; n++)
		fds[n] = connected(a);
	for (int i = out = 0; i < n; i++)
		out += is_out(fds[i]);
	/* Each look of ours is a connection too, closed when the next comes. */
	ok(out >= 8 && out <= 10, "of %d, %d are out", n, out);
	for (int i = out = 0; i < 8; i++)
		out += is_out(fds[i]);
	is_int(out, 8, "the oldest ones");
	ok(!is_out(fds[n - 1]), "the last one is in");
	is_int(probe_stop("app", 1), 0, "who controls gets in");
	is_int(app_wait_end(a), 0, "the master exits 0");
	for (int i = 0; i < n; i++)
		close(fds[i]);
	app_free(a);
	return done_testing();
}
