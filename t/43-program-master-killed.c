/* t/43-program-master-killed: programs get the stop signal; a start waits */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "t/lib/exec.h"
#include "t/lib/tap.h"

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_STOP_SIGNAL, SIGUSR2) < 0)
		exit(99);
}

static void
kill_master(struct app *a)
{
	kill(a->master, SIGKILL);
	is_int(app_wait_end(a), SIGKILL, "its master is killed");
}

int
main(void)
{
	char err[1024], want[64];
	struct app *a;
	pid_t pid;
	int status;

	prctl(PR_SET_CHILD_SUBREAPER, 1);	/* an orphan is our child */
	a = EXEC_START(1, config, "hears", "12");	/* SIGUSR2 */
	ok(exec_says(a, 0, "hears\n") && app_wait_state(a, 0,
	    CADRE_STATE_UP), "a program that hears");
	pid = app_pid(a, 0);
	kill_master(a);
	status = app_end_of(pid);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 7, "it heard SIGUSR2");
	app_free(a);

	a = EXEC_START(1, NULL, "answer");
	ok(app_wait_state(a, 0, CADRE_STATE_UP), "one that is attached");
	pid = app_pid(a, 0);
	kill_master(a);
	is_int(app_end_of(pid), 0, "drains and exits 0");
	app_free(a);

	a = EXEC_START(1, config, "deaf", "12");
	ok(exec_says(a, 0, "deaf\n") && app_wait_state(a, 0,
	    CADRE_STATE_UP), "a deaf one");
	pid = app_pid(a, 0);
	kill_master(a);
	status = EXEC_TRY(app_once, a->dir, err, "plain");
	ok(WIFEXITED(status) && WEXITSTATUS(status) != 0, "a start is refused");
	/* The acceptor may not have left yet, and is named as well. */
	snprintf(want, sizeof(want), " %d", pid);
	ok(strstr(err, want) != NULL, "%s", err);
	kill(pid, SIGKILL);
	is_int(app_end_of(pid), SIGKILL, "it is ended by hand");
	is_int(EXEC_TRY(app_once, a->dir, err, "plain"), 0, "now a start does");
	is_str(err, "", "without a word");
	app_free(a);
	return done_testing();
}
