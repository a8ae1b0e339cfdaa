/* t/59-reload-deaths: whoever dies in a reload, of a seat's workers one stays to serve */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "shm/clock.h"
#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"
#include "t/sequence/claims.h"
#include "t/sequence/puppet.h"

static struct cadre_master *m;

static uint64_t
state(int slot)
{
	return m->seats[0].lives[slot].row.state;
}

static struct puppet *
worker(int slot)
{
	return puppet_of(&m->seats[0].lives[slot]);
}

/* Twice: in the second begins what the first has asked for. */
static void
turns(void)
{
	for (int i = 0; i < 2; i++) {
		claims_before();
		ok(cadre_master_dispatch(m) == 1, "%s: it goes on",
		    claims_where);
		claims_after();
	}
}

/* One worker, up since uptime_ms, and a successor that comes. */
static void
begin(const char *what, uint64_t uptime_ms)
{
	strcpy(claims_where, what);
	puppets_begin();
	puppet_calm = true;
	cadre_master_new("app", &m);
	cadre_master_workers(m, 1, app_idle, NULL);
	cadre_master_set(m, CADRE_MAX_WORKERS, 1);
	cadre_master_on_event(m, claims_event, NULL);
	claims_begin(m);
	is_int(cadre_master_start(m), 0, "%s: a master", what);
	puppet_ready(worker(0));
	turns();
	puppet_now_ns += uptime_ms * NS_PER_MS;
	is_int(cadre_master_reload(m, NULL), 0, "%s: a reload", what);
	turns();
	ok(state(0) == CADRE_STATE_UP && state(1) == CADRE_STATE_STARTING,
	    "%s: a successor comes", what);
}

int
main(void)
{
	probe_dir();
	begin("the old one, early", 0);
	puppet_end(worker(0), 1);
	turns();
	is_u64(state(0), CADRE_STATE_BACKOFF, "it would be tried again");
	puppet_ready(worker(1));
	turns();
	is_u64(state(0), CADRE_STATE_EMPTY, "but its successor is ready");
	cadre_master_free(m);

	begin("the old one, and the new one that proves itself", 5000);
	puppet_end(worker(0), 1);
	turns();
	is_u64(state(0), CADRE_STATE_STARTING, "it is replaced at once");
	puppet_ready(worker(1));
	turns();
	is_u64(state(0), CADRE_STATE_DRAINING, "which was not needed");
	puppet_end(worker(1), 1);
	turns();
	cadre_master_free(m);

	begin("both at once, the new one first", 0);
	puppet_ready(worker(1));
	turns();
	puppet_end(worker(1), 1);
	puppet_end(worker(0), 1);
	turns();
	is_int(m->seats[0].newest, 0, "the old one's slot stands for the seat");
	is_u64(state(0), CADRE_STATE_BACKOFF, "and it is tried again");
	cadre_master_free(m);
	return done_testing();
}
