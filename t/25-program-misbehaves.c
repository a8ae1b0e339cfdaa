/* t/25-program-misbehaves: programs that do what they should not harm nobody */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/prctl.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_LOG_BYTES, 65536) < 0)
		exit(99);
}

/* It is not taken for ready before it ends, however slow the machine. */
static void
late(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_READY_AFTER_MS, 10000) < 0)
		exit(99);
}

/* Our children now; how many there were. */
static int
daemons_end(void)
{
	FILE *f = fopen("/proc/thread-self/children", "re");
	int n = 0, pid;

	while (f != NULL && fscanf(f, "%d", &pid) == 1)
		n += kill(pid, SIGKILL) == 0 &&
		    app_end_of(pid) == SIGKILL;
	if (f != NULL)
		fclose(f);
	return n;
}

int
main(void)
{
	struct cadre_shm_event e;
	char err[1024] = "";
	struct app *a;

	a = EXEC_START(2, NULL, "closed");
	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP),
	    "one that closes its descriptors is ready by time");
	ok(probe_beats(a, 2), "and stays");
	is_int(app_kill(a, 0, SIGKILL), 0, "it can be replaced");
	ok(app_wait_respawn(a, 0, 2), "by another one");
	is_int(app_stop(a), 0, "and stopped by its signal");

	a = EXEC_START(1, config, "flood");
	ok(app_wait_event(a, CADRE_EVENT_LOG, 0, &e), "a flood is cut: %s",
	    e.text);
	ok(app_wait_state(a, 0, CADRE_STATE_UP), "it goes on");
	ok(app_wait_event(a, CADRE_EVENT_LOG, 0, &e), "and is cut again");
	is_int(app_stop(a), 0, "the master exits 0");

	prctl(PR_SET_CHILD_SUBREAPER, 1);	/* an orphan is our child */
	ok(EXEC_TRY(late, probe_dir(), err, "background") != 0,
	    "one that goes into the background: given up");
	ok(strstr(err, "must stay in the foreground") != NULL, "%s", err);
	ok(daemons_end() > 0, "without CADRE_SUBREAPER it runs on");
	return done_testing();
}
