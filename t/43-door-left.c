/* t/43-door-left: what a killed master left of its doors does not keep another from having them */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "t/lib/probe.h"
#include "t/lib/tap.h"
#include "t/lib/visit.h"

static void
config(struct cadre_master *m, void *arg)
{
	visit_config(m, NULL);
	app_once(m, arg);
}

int
main(void)
{
	char path[128], err[512] = "";
	struct app *a;
	pid_t pids[2];
	int status;

	prctl(PR_SET_CHILD_SUBREAPER, 1);	/* orphans are our children */
	a = visit_start(2, NULL);
	pids[0] = app_pid(a, 0);
	pids[1] = app_pid(a, 1);
	kill(a->master, SIGKILL);
	is_int(app_wait_end(a), SIGKILL, "the master is killed");
	is_int(app_end_of(pids[0]), 0, "a worker leaves");
	is_int(app_end_of(pids[1]), 0, "and the other");
	for (unsigned int seat = 0; seat < VISIT_SEATS; seat++)
		ok(visit_until(a, VISIT_TCP, seat, VISIT_REFUSED),
		    "nobody is at the door of seat %u", seat);
	snprintf(path, sizeof(path), "%s/door-3.shut", a->dir);
	ok(access(path, F_OK) == 0, "files are left, as %s", path);
	status = app_try(2, app_idle, config, NULL, a->dir, err, sizeof(err));
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0,
	    "another starts, and ends%s", err);
	ok(probe_empty(a->dir), "and nothing is left");
	app_free(a);
	return done_testing();
}
