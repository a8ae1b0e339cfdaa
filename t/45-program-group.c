/* t/45-program-group: a program's process group ends with it */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdlib.h>

#include <sys/prctl.h>

#include "t/lib/exec.h"
#include "t/lib/tap.h"

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0)
		exit(99);
}

int
main(void)
{
	uint64_t generation = 0;
	struct app *a;
	pid_t pid;

	prctl(PR_SET_CHILD_SUBREAPER, 1);	/* an orphan is our child */
	a = EXEC_START(1, config, "forks");
	pid = exec_number(a, 0, "forked");
	ok(pid > 0 && app_kill_next(a, 0, &generation), "a worker is killed");
	is_int(app_end_of(pid), SIGKILL, "and what it had forked");
	ok(app_wait_respawn(a, 0, generation), "another one comes");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
