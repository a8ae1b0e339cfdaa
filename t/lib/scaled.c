/* SPDX-License-Identifier: BSD-2-Clause */
/* See scaled.h. */
#include <stdlib.h>

#include "t/lib/restart.h"
#include "t/lib/scaled.h"
#include "t/lib/tap.h"

static void
config(struct cadre_master *m, void *arg)
{
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", arg) < 0 ||
	    cadre_master_set(m, CADRE_MAX_WORKERS, SCALED_SEATS) < 0)
		exit(99);
}

struct app *
scaled_start(const char *options, unsigned int workers)
{
	struct app *a = app_start_with((int)workers, app_answer, config,
	    (void *)(uintptr_t)options);

	ok(scaled_is(a, workers), "%s: %u workers", options, workers);
	return a;
}

struct want {
	struct app	*app;
	unsigned int	workers;
};

/* As many up, the rest without a worker. */
static bool
is_scaled(void *arg)
{
	const struct want *w = arg;
	struct cadre_seat_view v;
	unsigned int up = 0, others = 0;

	for (unsigned int i = 0; i < SCALED_SEATS; i++) {
		if (!app_seat(w->app, i, &v))
			return false;
		up += v.state == CADRE_STATE_UP;
		others += v.has_draining || (v.state != CADRE_STATE_UP &&
		    v.state != CADRE_STATE_EMPTY);
	}
	return up == w->workers && others == 0;
}

bool
scaled_is(struct app *a, unsigned int n)
{
	return app_until(is_scaled, &(struct want){ a, n });
}

void
scaled_to(struct app *a, unsigned int n)
{
	char why[300];

	is_int(ask_scale(a, (int)n, 0, why, sizeof(why)), 0, "%u workers%s", n,
	    why);
	ok(scaled_is(a, n), "and so it is");
}
