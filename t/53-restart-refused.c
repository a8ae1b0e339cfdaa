/* t/53-restart-refused: one restart at a time, a stop ends it and who waits, and of an app that stops there is none */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "t/lib/exec.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_DRAIN_TIMEOUT_MS, 60000) < 0 ||
	    cadre_master_set(m, CADRE_STOP_SIGNAL, SIGUSR2) < 0)
		exit(99);
}

int
main(void)
{
	struct cadre_master *m;
	struct cadre_shm_event e;
	char why[300];
	struct app *a;
	int first, second;

	ok(cadre_master_new("none", &m) == 0 &&
	    cadre_master_restart(m, NULL) == -EINVAL, "not started: EINVAL");
	cadre_master_free(m);

	a = EXEC_START(2, config, "deaf", "12");	/* SIGUSR2 */
	ok(exec_says(a, 0, "deaf\n") && exec_says(a, 1, "deaf\n") &&
	    app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "deaf ones are up");
	first = ask_restart_begin(a);
	ok(app_wait_state(a, 0, CADRE_STATE_DRAINING), "a restart begins");
	second = ask_restart_begin(a);
	ok(app_wait_event(a, CADRE_EVENT_WAITS, CADRE_NO_SEAT, &e) &&
	    strstr(e.text, "restart that is under way") != NULL,
	    "another waits: %s", e.text);
	kill(a->master, SIGTERM);
	is_int(ask_restart_end(first, why, sizeof(why)), -ECANCELED,
	    "a stop ends it");
	is_int(ask_restart_end(second, why, sizeof(why)), -ECANCELED,
	    "and who waits");
	is_str(why, "the app was stopped", "who asked is told");
	ok(app_wait_event(a, CADRE_EVENT_RESTARTED, CADRE_NO_SEAT, &e) &&
	    strstr(e.text, "ended early: the app was stopped") != NULL,
	    "an event tells it too");
	is_int(ask_restart(a, why, sizeof(why)), -EBUSY,
	    "of an app that stops there is none");
	for (unsigned int i = 0; i < 2; i++)
		is_int(app_kill(a, i, SIGKILL), 0, "the deaf one is ended");
	is_int(app_wait_end(a), 0, "the master exits 0");
	for (unsigned int i = 0; i < 2; i++)
		is_u64(app_generation(a, i), i + 1, "none was replaced");
	app_free(a);
	return done_testing();
}
