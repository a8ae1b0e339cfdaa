/* t/45-acceptor-ours: a master that is a subreaper does not take its acceptor for an orphan, alive or dead */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "t/lib/keeper.h"
#include "t/lib/tap.h"

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_listen(m, "tcp:127.0.0.1:0", "mode=rr") < 0 ||
	    cadre_master_set(m, CADRE_SUBREAPER, 1) < 0)
		exit(99);
}

struct ticks {
	struct app	*app;
	uint64_t	beat_age_ns;
	unsigned int	left;
};

/* Its beat is stamped at each base tick, when orphans are looked for, too. */
static bool
have_passed(void *arg)
{
	struct ticks *t = arg;
	struct cadre_app app;

	if (cadre_region_app(t->app->region, &app) == 0) {
		t->left -= app.beat_age_ns < t->beat_age_ns;
		t->beat_age_ns = app.beat_age_ns;
	}
	return t->left == 0;
}

static unsigned int
left_behind(struct app *a)
{
	struct cadre_cursor all = { 0 };
	struct cadre_shm_event e;
	unsigned int n = 0;

	while (cadre_region_events(a->region, &all, &e, 1) == 1)
		n += e.kind == CADRE_EVENT_LEFT;
	return n;
}

int
main(void)
{
	struct app *a = app_start_with(1, app_answer, config, NULL);
	struct ticks t = { .app = a, .left = 3 };
	struct cadre_shm_event e;

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "the worker is up");
	ok(app_until(have_passed, &t), "the master has looked");
	is_int((int)left_behind(a), 0, "nobody is left behind");
	for (int i = 0; i < 3; i++) {
		kill(keeper_acceptor(a), SIGKILL);
		ok(app_wait_event(a, CADRE_EVENT_ACCEPTOR, CADRE_NO_SEAT, &e) &&
		    strstr(e.text, "died: signal 9") != NULL,
		    "its death is told as it was");
	}
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
