/* t/59-recycle-reload: a reload goes before the replacement of an old worker, and scaling, a stop and odd limits are no harm */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

#define SEATS	2

/* Never ready while a file named `slow` is there. */
static int
serve(struct cadre_worker *w, void *arg)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/slow", getenv("CADRE_RUNTIME_DIR"));
	while (access(path, F_OK) == 0 && !cadre_worker_draining(w)) {
		cadre_worker_turn_end(w);
		cadre_worker_turn_begin(w);
	}
	return app_idle(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MAX_AGE_MS, 1000) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 10) < 0)
		exit(99);
}

static void
odd(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_set(m, CADRE_MEMORY_SOFT, 2000);
	cadre_master_set(m, CADRE_MEMORY_HARD, 1000);
}

static void
odd_age(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_set(m, CADRE_MAX_AGE_MS, 500);
}

/* Whichever seat it is. */
static bool
recycled(void *arg)
{
	struct cadre_shm_event e = { .kind = 0 };
	struct app *a = arg;

	while (e.kind != CADRE_EVENT_RECYCLED &&
	    cadre_region_events(a->region, &a->events, &e, 1) == 1)
		;
	return e.kind == CADRE_EVENT_RECYCLED;
}

int
main(void)
{
	struct app *a = app_start_with(SEATS, serve, config, NULL);
	const char *dir;
	char path[128], why[1024];
	struct cadre_shm_event e;

	snprintf(path, sizeof(path), "%s/slow", a->dir);
	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "seat %u is up", i);
	fclose(fopen(path, "we"));
	ok(app_wait_event(a, CADRE_EVENT_RECYCLING, 0, &e), "one is old");
	ok(app_wait_event(a, CADRE_EVENT_SPAWNED, 0, &e), "its successor, "
	    "generation %u, comes", (unsigned int)e.generation);
	unlink(path);
	is_int(ask_reload(a, 0, why, sizeof(why)), 0, "a reload meanwhile%s",
	    why);
	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "seat %u is up", i);
	is_int(ask_scale(a, 1, 0, why, sizeof(why)), 0, "one less");
	a->events = (struct cadre_cursor){ 0 };
	ok(app_wait_event(a, CADRE_EVENT_SCALED, CADRE_NO_SEAT, NULL) &&
	    app_until(recycled, a), "the other is still replaced");
	is_int(app_stop(a), 0, "the master exits 0");
	dir = probe_dir();
	ok(app_try(1, app_idle, odd, NULL, dir, why, sizeof(why)) != 0 &&
	    strstr(why, "is not below the hard one") != NULL, "%s", why);
	ok(app_try(1, app_idle, odd_age, NULL, dir, why, sizeof(why)) != 0 &&
	    strstr(why, "--max-age, --min-uptime") != NULL, "%s", why);
	ok(probe_empty(dir), "nothing is left behind");
	return done_testing();
}
