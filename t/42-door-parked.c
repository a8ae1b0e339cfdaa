/* t/42-door-parked: the doors of a seat that is parked or done, or tried again much later, are refused until it is back */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "t/lib/restart.h"
#include "t/lib/tap.h"
#include "t/lib/visit.h"

static char flag[128];			/* seat 1 serves if it is there */

static int
serve(struct cadre_worker *w, void *arg)
{
	if (cadre_worker_seat(w) == 1 && access(flag, F_OK) < 0)
		return (int)(intptr_t)arg;
	return app_answer(w, NULL);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	visit_config(m, NULL);
	cadre_master_set(m, CADRE_MAX_TRIES, 4);
	cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 1);
	cadre_master_set(m, CADRE_QUORUM, 1);
}

static void
later(struct cadre_master *m, void *arg)
{
	(void)arg;
	visit_config(m, NULL);
	cadre_master_set(m, CADRE_BACKOFF_MAX_MS, 60000);
	cadre_master_set(m, CADRE_BACKOFF_FIRST_MS, 60000);
}

static void
rests(int code, app_config_fn *how, uint32_t state, const char *what)
{
	struct app *a;
	char why[300];

	snprintf(flag, sizeof(flag), "/tmp/cadre-test-%d", getpid());
	a = app_start_with(2, serve, how, (void *)(intptr_t)code);
	ok(app_wait_state(a, 1, state), "seat 1 is %s", what);
	ok(visit_until(a, VISIT_TCP, 1, VISIT_REFUSED), "tcp: refused");
	ok(visit_until(a, VISIT_UNIX, 1, VISIT_REFUSED), "unix: refused");
	is_int(visit(a, VISIT_TCP, 0), 0, "seat 0 answers");
	close(creat(flag, 0600));
	is_int(ask_reset(a, 1, why, sizeof(why)), 0, "a reset%s", why);
	ok(visit_until(a, VISIT_TCP, 1, 1), "tcp: it answers");
	is_int(visit(a, VISIT_UNIX, 1), 1, "unix: it answers");
	unlink(flag);
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	rests(1, config, CADRE_STATE_PARKED, "parked");
	rests(CADRE_EXIT_DONE, config, CADRE_STATE_DONE, "done");
	rests(1, later, CADRE_STATE_BACKOFF, "tried much later");
	return done_testing();
}
