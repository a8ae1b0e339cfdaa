/* t/22-program-stop: a program gets the stop signal; SIGKILL if it is deaf */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdlib.h>

#include "t/lib/exec.h"
#include "t/lib/tap.h"

static int64_t drain_ms;

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_STOP_SIGNAL, SIGUSR2) < 0 ||
	    cadre_master_set(m, CADRE_DRAIN_TIMEOUT_MS, drain_ms) < 0)
		exit(99);
}

static void
stop(struct app *a, const char *says, struct cadre_shm_event *ret_died)
{
	ok(app_wait_event(a, CADRE_EVENT_SPAWNED, 0, NULL) &&
	    exec_says(a, 0, says), "begun");
	kill(a->master, SIGTERM);
	ok(app_wait_event(a, CADRE_EVENT_DRAINING, 0, NULL), "drained");
	ok(app_wait_event(a, CADRE_EVENT_DIED, 0, ret_died), "ended");
	is_int(app_wait_end(a), 0, "the master exits 0");
}

int
main(void)
{
	struct cadre_shm_event e;
	struct app *a;

	drain_ms = 60000;
	a = EXEC_START(1, config, "hears", "12");	/* SIGUSR2 */
	stop(a, "hears\n", &e);
	is_int((int)e.exit_signal, 0, "no signal killed it");
	is_int((int)e.exit_code, 7, "it heard the stop signal and exited");
	app_free(a);

	drain_ms = 300;
	a = EXEC_START(1, config, "deaf", "12");
	stop(a, "deaf\n", &e);
	is_int((int)e.exit_signal, SIGKILL, "a deaf one is killed");
	a->events = (struct cadre_cursor){ 0 };
	ok(app_wait_event(a, CADRE_EVENT_LATE, 0, &e), "as it is late");
	is_str(e.text, "not done within the drain timeout; killed", "told so");
	app_free(a);
	return done_testing();
}
