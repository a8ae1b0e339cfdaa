/* t/46-nth-recycle: whichever call fails when an old worker is replaced, it serves on, and is replaced in the end */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <unistd.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/nth.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static struct cadre_master *m;
static uint64_t deaths;		/* of workers that were not asked to end */

static void
hook(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	deaths += e->kind == CADRE_EVENT_DIED && e->exit_signal != 0;
}

/* At each tick it is too old, and its successor comes. */
static int
recycle(void *arg)
{
	struct cadre_health h;

	(void)arg;
	if (cadre_master_health(m, 0, &h) < 0 || h.pid <= 0)
		return -ESRCH;
	return probe_up(m, 0, h.generation) ? 0 : -ETIMEDOUT;
}

/* The old one has ended, so that both slots are as before. */
static void
settle(void *arg)
{
	(void)arg;
	while (probe_children(getpid(), 0) > 1)
		(void)cadre_master_dispatch(m);
}

int
main(void)
{
	static const char *const calls[] = { "fork", "pidfd_open", "open",
	    "socketpair" };
	static const char *const all[] = { "*", NULL };
	const struct nth_op op = { recycle, settle, NULL, all, NULL };
	const char *dir = probe_dir();
	unsigned int n = 0;

	cadre_master_new("app", &m);
	cadre_master_on_event(m, hook, NULL);
	cadre_master_set(m, CADRE_MAX_WORKERS, 1);
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
	cadre_master_set(m, CADRE_MAX_AGE_MS, 1);
	cadre_master_workers(m, 1, app_idle, NULL);
	is_int(cadre_master_start(m), 0, "a master");
	ok(probe_up(m, 0, 0), "and its worker");
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		n += nth_walk(&op, calls[i], EMFILE);
	ok(n >= 4, "%u calls failed", n);
	is_u64(deaths, 0, "no worker was ended but by being asked");
	cadre_master_free(m);
	ok(probe_empty(dir), "nothing is left");
	return done_testing();
}
