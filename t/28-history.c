/* SPDX-License-Identifier: BSD-2-Clause */
/* t/28-history: health records and the live words add up to the counters */
#include <stdlib.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

#define WANTED	20		/* records */

static struct cadre_shm_health h[CADRE_HEALTH_RECORDS + 1];

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_set(m, CADRE_HEALTH_INTERVAL_MS, 1) < 0)
		exit(99);
}

static int
history(const struct app *a)
{
	struct cadre_cursor c = { 0, 0 };

	return cadre_region_health(a->region, 0, 0, &c, h,
	    CADRE_HEALTH_RECORDS);
}

static bool
recorded(void *a)
{
	char answer[64];

	(void)app_ask(a, "hello\n", answer, sizeof(answer));
	return history(a) >= WANTED;
}

int
main(void)
{
	struct app *a = app_start_with(1, app_answer, config, NULL);
	struct cadre_shm_health sum = { 0 };
	struct cadre_shm_status status;
	int n, bad = 0;

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "up");
	ok(app_until(recorded, a) && app_wait_idle(a, 0), "answers, and rests");
	n = history(a);
	ok((h[0].flags & CADRE_HEALTH_FIRST) != 0 && h[0].requests == 0,
	    "the first of %d records is a life's beginning", n);
	is_int(cadre_region_health_now(a->region, 0, 0, &h[n]), 0, "and now");
	for (int i = 0; i < n; i++) {
		bad += h[i + 1].mono_ns < h[i].mono_ns ||
		    h[i + 1].requests < h[i].requests ||
		    h[i + 1].busy_ns < h[i].busy_ns;
		sum.requests += h[i + 1].requests - h[i].requests;
		sum.accepted += h[i + 1].accepted - h[i].accepted;
		sum.turns += h[i + 1].turns - h[i].turns;
		sum.busy_ns += h[i + 1].busy_ns - h[i].busy_ns;
	}
	is_int(bad, 0, "none goes back");
	is_u64(sum.requests, app_total(a, "requests"), "requests add up");
	is_u64(sum.accepted, app_total(a, "accepted"), "accepted add up");
	is_u64(sum.turns, app_total(a, "turns"), "turns add up");
	is_u64(sum.busy_ns, app_total(a, "busy_ns"), "busy_ns adds up");
	is_int(cadre_region_status(a->region, 0, 0, &status), 0, "its status");
	ok(status.requests == h[n].requests && status.open == 0 &&
	    status.accepted == h[n].accepted, "says the same");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
