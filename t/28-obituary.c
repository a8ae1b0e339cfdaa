/* SPDX-License-Identifier: BSD-2-Clause */
/* t/28-obituary: a death is told with the last health records of that life */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

static struct cadre_shm_health h[CADRE_HEALTH_RECORDS];

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", NULL) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0 ||
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
	return history(a) > CADRE_EVENT_HEALTHS;
}

int
main(void)
{
	struct app *a = app_start_with(1, app_answer, config, NULL);
	struct cadre_shm_event e, next;
	int n;

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "up");
	ok(app_until(recorded, a), "more than %d records are there",
	    CADRE_EVENT_HEALTHS);
	app_kill(a, 0, SIGKILL);
	ok(app_wait_event(a, CADRE_EVENT_DIED, 0, &e), "it is killed");
	is_int(e.exit_signal, SIGKILL, "by SIGKILL");
	is_int(e.healths, CADRE_EVENT_HEALTHS, "all there is room for is told");
	ok(app_wait_event(a, CADRE_EVENT_READY, 0, &next), "another comes");
	for (n = history(a); n > 0 && h[n - 1].mono_ns > e.mono_ns;)
		n--;			/* its successor's */
	ok(n > CADRE_EVENT_HEALTHS && memcmp(&h[n - CADRE_EVENT_HEALTHS],
	    e.health, sizeof(e.health)) == 0, "the last of its %d records", n);
	ok((h[n].flags & CADRE_HEALTH_FIRST) != 0, "then another life begins");

	app_kill(a, 0, SIGKILL);
	ok(app_wait_event(a, CADRE_EVENT_DIED, 0, &e) &&
	    e.generation == next.generation, "and ends");
	ok(e.healths > 0 && e.health[e.healths - 1].mono_ns > next.mono_ns -
	    next.duration_ns, "with a record of its own");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
