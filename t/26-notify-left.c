/* t/26-notify-left: sockets that a killed master left are taken away */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

int
main(void)
{
	struct app *a = EXEC_START(3, NULL, "plain");
	char path[128], err[1024];

	for (unsigned int i = 0; i < 3; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "seat %u is up", i);
	snprintf(path, sizeof(path), "%s/app/notify-4", a->dir);
	is_int(access(path, F_OK), 0, "a socket of seat 2");
	kill(a->master, SIGKILL);
	is_int(app_wait_end(a), SIGKILL, "the master is killed");
	for (unsigned int i = 0; i < 3; i++)
		ok(app_gone(app_pid(a, i)), "its program ends");
	is_int(access(path, F_OK), 0, "the socket is still there");
	is_int(EXEC_TRY(app_once, a->dir, err, "plain"), 0, "a start");
	is_str(err, "", "without a word");
	ok(probe_empty(a->dir), "leaves nothing behind");
	app_free(a);
	return done_testing();
}
