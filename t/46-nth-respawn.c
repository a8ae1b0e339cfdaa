/* t/46-nth-respawn: whichever call fails when a worker has died, the master lives and a worker comes */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/nth.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static struct cadre_master *m;

static int
respawn(void *arg)
{
	struct cadre_health h;

	(void)arg;
	if (cadre_master_health(m, 0, &h) < 0 || h.pid <= 0 ||
	    kill((pid_t)h.pid, SIGKILL) < 0)
		return -ESRCH;
	return probe_up(m, 0, h.generation) ? 0 : -ETIMEDOUT;
}

static void
nothing(void *arg)
{
	(void)arg;
}

int
main(void)
{
	/* What fails in a child is no call of the master's. */
	static const char *const calls[] = { "calloc", "epoll_ctl", "fork",
	    "open", "openat", "pidfd_open", "socketpair", "timerfd_settime" };
	static const char *const all[] = { "*", NULL };
	const struct nth_op op = { respawn, nothing, NULL, all, NULL };
	const char *dir = probe_dir();
	unsigned int n = 0;

	cadre_master_new("app", &m);
	cadre_master_listen(m, "tcp:127.0.0.1:0", NULL);
	cadre_master_set(m, CADRE_MAX_WORKERS, 1);
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
	cadre_master_workers(m, 1, app_idle, NULL);
	is_int(cadre_master_start(m), 0, "a master");
	ok(probe_up(m, 0, 0), "and its worker");
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		n += nth_walk(&op, calls[i], EMFILE);
	ok(n >= 5, "%u calls failed", n);
	cadre_master_free(m);
	ok(probe_empty(dir), "nothing is left");
	return done_testing();
}
