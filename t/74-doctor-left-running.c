/* SPDX-License-Identifier: BSD-2-Clause */
/* t/74-doctor-left-running: who got away from its worker's group is named */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/prctl.h>

#include "t/lib/app.h"
#include "t/lib/doctor.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

/* Its grandchild leaves the group and holds `alive` on; a child does not. */
static int
leave_one(struct cadre_worker *w, void *arg)
{
	pid_t pid[2] = { fork(), 0 };

	if (pid[0] == 0) {
		setsid();
		prctl(PR_SET_NAME, "got\033away");
		for (;;)
			pause();
	}
	pid[1] = fork();
	while (pid[1] == 0)
		pause();
	(void)!write(STDOUT_FILENO, pid, sizeof(pid));
	return app_idle(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_set(m, CADRE_MAX_WORKERS, 1);
}

int
main(void)
{
	struct app *a = app_start_with(1, leave_one, config, NULL);
	char found[64], kill_it[32];
	pid_t pid[2] = { 0, 0 };
	struct command c;
	json_t *j;

	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    probe_log(a, 0, pid, sizeof(pid)) == sizeof(pid), "a worker with "
	    "a child, and one that got away");
	doctor(&c, NULL, "app", &j);
	snprintf(found, sizeof(found), "pid %d (got\\x1baway)", (int)pid[0]);
	snprintf(kill_it, sizeof(kill_it), "kill %d;", (int)pid[0]);
	doctor_is(j, "left_running", "warn", found, kill_it);
	doctor_is(j, "wrappers", "ok", "none", NULL);
	json_decref(j);
	kill(a->master, SIGTERM);
	is_int(app_wait_end(a), 0, "the app ends");
	ok(kill(pid[0], 0) == 0, "that process does not");
	kill(pid[0], SIGKILL);
	app_free(a);
	return done_testing();
}
