/* SPDX-License-Identifier: BSD-2-Clause */
/* t/45-group-ends: what a worker forked does not outlive it */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/prctl.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static int
fork_one(struct cadre_worker *w, void *arg)
{
	pid_t pid = fork();

	while (pid == 0)
		pause();
	(void)!write(STDOUT_FILENO, &pid, sizeof(pid));
	return app_idle(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0);
}

/* Of the i-th life of the seat, as it is written in the log. */
static pid_t
grandchild(const struct app *a, size_t i)
{
	pid_t pids[2] = { 0, 0 };

	return probe_log(a, 0, pids, sizeof(pids)) > 0 ? pids[i] : 0;
}

int
main(void)
{
	uint64_t generation = 0;
	struct app *a;
	pid_t pid;

	prctl(PR_SET_CHILD_SUBREAPER, 1);	/* an orphan is our child */
	a = app_start_with(1, fork_one, config, NULL);
	ok(app_kill_next(a, 0, &generation), "a worker is killed");
	pid = grandchild(a, 0);
	is_int(app_end_of(pid), SIGKILL, "and what it had forked");
	ok(app_wait_respawn(a, 0, generation), "another worker comes");
	pid = grandchild(a, 1);
	kill(a->master, SIGTERM);
	is_int(app_wait_end(a), 0, "the master exits 0");
	is_int(app_end_of(pid), SIGKILL, "nothing of the last one is left");
	app_free(a);
	return done_testing();
}
