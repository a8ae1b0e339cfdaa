/* t/59-recycle-lies: a worker that lies about its requests is replaced again and again, and keeps no other from its turn */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

#define SEATS	3
#define TURNS	2		/* of each seat */

/* Of seat 0 all that fit; the others as many as are too many. */
static int
serve(struct cadre_worker *w, void *arg)
{
	cadre_counter_add(app_requests, cadre_worker_seat(w) == 0 ?
	    UINT64_MAX / 2 : 100);
	return app_idle(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MAX_REQUESTS, 100) < 0 ||
	    cadre_master_set(m, CADRE_REQUESTS_JITTER, 0) < 0)
		exit(99);
}

struct turns {
	struct app	*app;
	unsigned int	of[SEATS];
};

static bool
all_had_some(void *arg)
{
	struct turns *t = arg;
	struct cadre_shm_event e;
	bool all = true;

	while (cadre_region_events(t->app->region, &t->app->events, &e,
	    1) == 1)
		if (e.kind == CADRE_EVENT_RECYCLED && e.seat < SEATS)
			t->of[e.seat]++;
	for (int i = 0; i < SEATS; i++)
		all &= t->of[i] >= TURNS;
	return all;
}

int
main(void)
{
	struct turns t = { .of = { 0 } };

	t.app = app_start_with(SEATS, serve, config, NULL);
	ok(app_until(all_had_some, &t), "each seat had %d turns or more", TURNS);
	ok(t.of[0] <= t.of[1] + 2 && t.of[0] <= t.of[2] + 2,
	    "and who lies %u, not many more than %u and %u", t.of[0],
	    t.of[1], t.of[2]);
	is_int(app_stop(t.app), 0, "the master exits 0");
	return done_testing();
}
