/* SPDX-License-Identifier: BSD-2-Clause */
/* t/42-respawn: a worker that has lived long enough is replaced at once */
#include <signal.h>
#include <stdlib.h>

#include "shm/clock.h"
#include "t/lib/app.h"
#include "t/lib/tap.h"

#define MIN_UPTIME_MS	300

static const struct row {
	int	uptime_ms;
	const char *name;
} rows[] = {
	{ MIN_UPTIME_MS, "after min_uptime" },
	{ 0, "min_uptime 0" },
};

static void
config(struct cadre_master *m, void *arg)
{
	const struct row *r = arg;

	/* A wait would be seen: it is longer than any test waits. */
	if (cadre_master_set(m, CADRE_MIN_UPTIME_MS, r->uptime_ms) < 0 ||
	    cadre_master_set(m, CADRE_BACKOFF_MAX_MS, 86400000) < 0 ||
	    cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 86400000) < 0)
		exit(99);
}

static bool
old_enough(void *since_ns)
{
	return clock_now_ns() - *(uint64_t *)since_ns >
	    MIN_UPTIME_MS * NS_PER_MS;
}

static void
die_and_return(const struct row *r)
{
	struct app *a = app_start_with(2, app_idle, config, (void *)(uintptr_t)r);
	struct cadre_seat_view before, after, sibling;
	struct cadre_shm_event e;
	int waits = 0;

	ok(app_wait_state(a, 1, CADRE_STATE_UP) && app_seat(a, 1, &sibling) &&
	    app_wait_state(a, 0, CADRE_STATE_UP), "%s", r->name);
	for (uint64_t i = 1; i <= 3; i++) {
		app_seat(a, 0, &before);
		if (r->uptime_ms > 0)
			app_until(old_enough, &before.newest.life.spawned_ns);
		is_int(app_kill(a, 0, SIGKILL), 0, "killed");
		ok(app_wait_respawn(a, 0, before.newest.life.generation),
		    "it comes back");
		app_seat(a, 0, &after);
		is_u64(after.newest.life.restarts, i, "the seat's restarts");
		is_u64(after.newest.life.tries, 0, "no early death");
		ok(after.newest.life.pid != before.newest.life.pid, "as another");
	}
	app_seat(a, 1, &after);
	ok(after.newest.life.generation == sibling.newest.life.generation,
	    "its sibling lives on");
	while (cadre_region_events(a->region, &a->events, &e, 1) == 1)
		waits += e.kind == CADRE_EVENT_BACKOFF;
	is_int(waits, 0, "nobody was made to wait");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		die_and_return(&rows[i]);
	return done_testing();
}
