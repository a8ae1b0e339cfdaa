/* t/25-nth-start: whichever call of a start fails, all is undone, and the next start succeeds */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/nth.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static struct cadre_master *m;
static const char *dir;
static int failures;

/* A failure leaves no file. */
static int
start(void *arg)
{
	char path[128];
	int err = cadre_master_new("app", &m);

	snprintf(path, sizeof(path), "unix:%s/web", dir);
	if (err == 0)
		err = cadre_master_listen(m, "tcp:127.0.0.1:0", NULL);
	if (err == 0)
		err = cadre_master_listen(m, path, NULL);
	if (err == 0)
		err = cadre_master_set(m, CADRE_MAX_WORKERS, 2);
	if (err == 0)
		err = cadre_master_workers(m, 1, app_idle, arg);
	if (err == 0)
		err = cadre_master_start(m);
	nth_disarm();
	if (err < 0) {
		cadre_master_free(m);
		m = NULL;
		failures++;
		return probe_empty(dir) ? err : -EBADMSG;
	}
	/* With what it can do without, or tries again, it runs. */
	return cadre_master_dispatch(m) > 0 ? 0 : -EBADMSG;
}

static void
end(void *arg)
{
	(void)arg;
	cadre_master_free(m);
	m = NULL;
}

int
main(void)
{
	/* Limits that cannot be read; the first worker: t/46-nth-respawn. */
	static const char *const swallows[] = { "calloc", "epoll_ctl", "fork",
	    "fstat", "fstatat", "open", "openat", "pidfd_open", "poll", "read",
	    "sendmsg", "setsockopt", "socketpair", "timerfd_settime", NULL };
	struct nth_op op = { start, end, NULL, swallows, NULL };
	unsigned int n;

	dir = probe_dir();
	n = nth_walk_all(&op);
	ok(n > 100, "%u calls failed", n);
	ok(failures > 60, "%d starts failed", failures);
	ok(probe_empty(dir), "nothing is left");
	return done_testing();
}
