/* SPDX-License-Identifier: BSD-2-Clause */
/* t/25-threads: no fork while other threads run; afterwards it goes on */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include <cadre/error.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static struct cadre_shm_event trouble;

static void *
wait_for_it(void *arg)
{
	pthread_mutex_lock(&held);
	pthread_mutex_unlock(&held);
	return arg;
}

static void
note(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	if (e->kind == CADRE_EVENT_TROUBLE)
		trouble = *e;
}

/* A thread that was joined may still count for a moment. */
static bool
starts(void *m)
{
	return cadre_master_start(m) == 0;
}

static bool
in_trouble(void *m)
{
	return cadre_master_dispatch(m) > 0 && trouble.kind != 0;
}

int
main(void)
{
	const char *dir = probe_dir();
	struct cadre_health h[2];
	struct cadre_master *m;
	pthread_t thread;
	int fds;

	cadre_master_new("app", &m);
	cadre_master_workers(m, 2, app_idle, NULL);
	cadre_master_on_event(m, note, NULL);
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
	pthread_mutex_lock(&held);
	pthread_create(&thread, NULL, wait_for_it, NULL);
	fds = probe_fds(0);
	is_int(cadre_master_start(m), -EBUSY, "with a thread no start");
	ok(strstr(cadre_error(-EBUSY), "2 threads run") != NULL, "says: %s",
	    cadre_error(-EBUSY));
	ok(probe_empty(dir) && probe_fds(0) == fds, "which leaves nothing");
	pthread_mutex_unlock(&held);
	pthread_join(thread, NULL);

	ok(app_until(starts, m), "without, it starts");
	if (!ok(probe_up(m, 0, 0) && probe_up(m, 1, 0), "two workers are up"))
		bail_out("there is nobody to kill");
	pthread_mutex_lock(&held);
	pthread_create(&thread, NULL, wait_for_it, NULL);
	cadre_master_health(m, 0, &h[0]);
	kill((pid_t)h[0].pid, SIGKILL);
	ok(app_until(in_trouble, m), "a thread that comes later is trouble");
	ok(trouble.seat == 0 && memmem(trouble.text, trouble.text_bytes,
	    "2 threads run", 13) != NULL, "of the seat, and it says why");
	cadre_master_health(m, 0, &h[0]);
	is_int(h[0].state, CADRE_STATE_BACKOFF, "the seat will be tried again");
	cadre_master_health(m, 1, &h[1]);
	is_int(h[1].state, CADRE_STATE_UP, "its sibling serves on");
	pthread_mutex_unlock(&held);
	pthread_join(thread, NULL);
	ok(probe_up(m, 0, h[0].generation), "the thread gone, a worker comes");
	cadre_master_free(m);
	return done_testing();
}
