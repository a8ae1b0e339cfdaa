/* SPDX-License-Identifier: BSD-2-Clause */
/* t/43-orphan-deadline: of a killed master's workers none loops for ever */
#include <signal.h>
#include <stdlib.h>

#include <sys/prctl.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

/* A patient one has heard of the drain, and loops all the same. */
static int
loop(struct cadre_worker *w, void *patient)
{
	if (*(bool *)patient)
		(void)app_idle(w, NULL);
	else
		cadre_worker_ready(w);
	cadre_counter_add(app_requests, 1);
	for (;;)
		;
	return 0;
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_DRAIN_TIMEOUT_MS, 200) < 0)
		exit(99);
}

/* A patient stop has no deadline, until the master is gone. */
static void
kill_master(bool patient)
{
	struct app *a = app_start_with(1, loop, config, &patient);
	pid_t pid;

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "a worker is up");
	pid = app_pid(a, 0);
	if (patient)
		kill(a->master, SIGQUIT);
	ok(app_wait_total(a, "requests", 1), "%sit loops for ever",
	    patient ? "asked to end, " : "");
	kill(a->master, SIGKILL);
	is_int(app_wait_end(a), SIGKILL, "the master is killed");
	if (!is_int(app_end_of(pid), SIGKILL, "its worker is too, in time"))
		kill(pid, SIGKILL);
	app_free(a);
}

int
main(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);	/* orphans are our children */
	kill_master(false);
	kill_master(true);
	return done_testing();
}
