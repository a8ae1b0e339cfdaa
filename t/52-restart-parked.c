/* t/52-restart-parked: a restart tries seats again that were parked */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/exec.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

#define SEATS	3

/* Seat 1 of it cannot serve while a file named `broken` is there. */
static void
config(struct cadre_master *m, void *arg)
{
	static char script[5000];
	const char *argv[] = { "/bin/sh", "-c", script, NULL };

	(void)arg;
	snprintf(script, sizeof(script), "test $CADRE_SEAT != 1 || "
	    "test ! -e $CADRE_RUNTIME_DIR/broken || exit 9; exec %s answer",
	    exec_path());
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_set(m, CADRE_MAX_TRIES, 2) < 0 ||
	    cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 1) < 0 ||
	    cadre_master_program(m, SEATS, argv) < 0)
		exit(99);
}

int
main(void)
{
	struct app *a = EXEC_START(SEATS, config, "answer");
	char path[128], why[300];

	/* Broken once it has run: seats of an app that starts are given up. */
	snprintf(path, sizeof(path), "%s/broken", a->dir);
	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "seat %u is up", i);
	fclose(fopen(path, "we"));
	ok(app_kill(a, 1, SIGKILL) == 0, "seat 1 breaks");
	ok(app_wait_state(a, 1, CADRE_STATE_PARKED), "and is parked");
	ok(ask_restart(a, why, sizeof(why)) < 0, "a restart tries it: it fails");
	ok(strstr(why, "seat 1 is not ready") != NULL &&
	    strstr(why, "exit code 9") != NULL &&
	    strstr(why, "1 of 3 seats were replaced") != NULL, "%s", why);
	ok(app_wait_state(a, 1, CADRE_STATE_PARKED), "it is parked again");
	unlink(path);
	is_int(ask_restart(a, why, sizeof(why)), 0, "mended: a restart");
	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "seat %u is up", i);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
