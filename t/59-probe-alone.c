/* t/59-probe-alone: where nobody serves, who does not pass the probe goes all the same, and the version before comes */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/deploy.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

#define SEATS	2

/* One fails at once, and ends the probe of the other with it. */
#define PROBE	"test $CADRE_SEAT = 1 || sleep 60; exit 4"

static bool
all_empty(void *arg)
{
	struct cadre_seat_view v;
	unsigned int n = 0;

	for (unsigned int i = 0; i < SEATS; i++)
		n += app_seat(arg, i, &v) && v.state == CADRE_STATE_EMPTY;
	return n == SEATS;
}

int
main(void)
{
	struct cadre_reload how = { .probe = PROBE, .parallel = SEATS,
	    .probe_timeout_ms = 60000, .flags = CADRE_RELOAD_NO_CANARY };
	struct app *a = web_start(SEATS, "mode=spread");
	char why[700];

	is_int(kill(a->master, SIGWINCH), 0, "all workers are told to finish");
	ok(app_until(all_empty, a), "and are gone");
	web_deploy("ok-b");
	is_int(ask_restart_end(ask_reload_begin(a, &how), why, sizeof(why)),
	    -ECHILD, "a reload fails: %s", why);
	ok(strstr(why, "does not pass the probe: exit code 4") != NULL,
	    "and says so");
	ok(app_wait_state(a, 0, CADRE_STATE_UP) &&
	    app_wait_state(a, 1, CADRE_STATE_UP), "both seats have a worker");
	ok(web_answers(a, "ok-a"), "of the version before");
	how.probe = web_probe();
	is_int(ask_restart_end(ask_reload_begin(a, &how), why, sizeof(why)),
	    0, "the next reload passes: %s", why);
	ok(web_answers(a, "ok-b"), "it serves");
	is_int(app_stop(a), 0, "the master exits 0");
	unlink("program");
	return chdir("/") < 0 ? 1 : done_testing();
}
