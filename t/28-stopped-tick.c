/* t/28-stopped-tick: under an embedder's own loop the tick finds who is stopped */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cadre/region.h>

#include "shm/clock.h"
#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define TICK_MS		1000
#define NOISE_MS	500		/* on a busy machine */

static struct cadre_master *m;
static struct cadre_shm_event stalls[2];	/* STALLED, RESUMED */

static void
hook(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	if (e->kind == CADRE_EVENT_STALLED || e->kind == CADRE_EVENT_RESUMED)
		stalls[e->kind == CADRE_EVENT_RESUMED] = *e;
}

/* As a loop that has no idea of children: by the descriptor alone. */
static bool
happens(void *arg)
{
	const struct cadre_shm_event *e = arg;
	struct pollfd p = { cadre_master_fd(m), POLLIN, 0 };

	(void)poll(&p, 1, TICK_MS);
	return cadre_master_dispatch(m) > 0 && e->kind != 0;
}

int
main(void)
{
	struct cadre_health h = { 0 };
	uint64_t begin_ns;

	probe_dir();
	cadre_master_new("app", &m);
	cadre_master_on_event(m, hook, NULL);
	cadre_master_workers(m, 1, app_idle, NULL);
	ok(cadre_master_start(m) == 0 && probe_up(m, 0, 0), "it is up");
	cadre_master_health(m, 0, &h);
	begin_ns = clock_now_ns();
	kill((pid_t)h.pid, SIGSTOP);
	ok(app_until(happens, &stalls[0]), "stopped, it stalls");
	is_u64(stalls[0].cause, CADRE_CAUSE_STOPPED, "the cause");
	ok(stalls[0].mono_ns - begin_ns < (TICK_MS + NOISE_MS) * NS_PER_MS,
	    "found by the tick, after %llu ns",
	    (unsigned long long)(stalls[0].mono_ns - begin_ns));
	begin_ns = clock_now_ns();
	kill((pid_t)h.pid, SIGCONT);
	ok(app_until(happens, &stalls[1]), "continued, it resumes");
	is_u64(stalls[1].cause, CADRE_CAUSE_STOPPED, "the cause");
	ok(stalls[1].mono_ns - begin_ns < (TICK_MS + NOISE_MS) * NS_PER_MS &&
	    stalls[1].duration_ns <= stalls[1].mono_ns - stalls[0].mono_ns +
	    NOISE_MS * NS_PER_MS, "found by the tick; it was %llu ns",
	    (unsigned long long)stalls[1].duration_ns);
	cadre_master_free(m);
	return done_testing();
}
