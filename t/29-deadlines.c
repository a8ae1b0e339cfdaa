/* t/29-deadlines: requests with far deadlines wake an idle master no more, and deadlines that are always near not often */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define KEY	"voluntary_ctxt_switches"
#define BEATS	3		/* seconds */
#define LOOKS	20		/* in each of them, at most */

static int
far(struct cadre_worker *w, void *arg)
{
	if (cadre_request_begin(w, "far", 3600000) < 0)
		return 1;
	return app_idle(w, arg);
}

/* A new one each time: soon, and for ever. */
static int
near(struct cadre_worker *w, void *arg)
{
	(void)arg;
	(void)cadre_worker_ready(w);
	while (!cadre_worker_draining(w)) {
		(void)cadre_request_begin(w, "near", 60);
		(void)cadre_request_extend(w, 60);
		cadre_request_end(w);
		cadre_worker_turn_end(w);
		cadre_worker_turn_begin(w);
	}
	return 0;
}

static void
wakes(cadre_worker_fn *fn, long most, const char *what)
{
	struct app *a = app_start(1, fn);
	long n;

	ok(probe_beats(a, 2), "%s: the master ticks", what);
	n = probe_status(a->master, KEY);
	ok(probe_beats(a, BEATS), "%d times more", BEATS);
	n = probe_status(a->master, KEY) - n;
	ok(n <= most, "it woke %ld times, %ld at most", n, most);
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	wakes(far, 2 * BEATS, "far");
	/* And a tick each T/2, should it take what turns so for traffic. */
	wakes(near, (BEATS + 1) * 2 * LOOKS, "near");
	return done_testing();
}
