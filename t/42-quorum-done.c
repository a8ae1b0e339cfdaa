/* t/42-quorum-done: when the last seats are parked and done the app says how many of which */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include <sys/wait.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

/* Seat 0 has done what there was to do, seat 1 always fails. */
static int
serve(struct cadre_worker *w, void *arg)
{
	(void)arg;
	cadre_worker_ready(w);
	return cadre_worker_seat(w) == 0 ? 7 : 9;
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MAX_TRIES, 2) < 0 ||
	    cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 1) < 0 ||
	    cadre_master_stop_codes(m, "7") < 0)
		exit(99);
}

int
main(void)
{
	const char *dir = probe_dir();
	char err[1024];

	is_int(WEXITSTATUS(app_try(2, serve, config, NULL, dir, err,
	    sizeof(err))), 1, "nobody is left to serve: 1");
	ok(strstr(err, "1 of 2 seats are parked, 1 is done, and the quorum is "
	    "1") != NULL, "and it says who is what") || (diag("%s", err), 0);
	ok(probe_empty(dir), "nothing is left behind");
	return done_testing();
}
