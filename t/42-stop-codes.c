/* t/42-stop-codes: a worker that exits with a stop code has no successor until a reset, and when all have the app ends with 0 */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>

#include "t/lib/app.h"
#include "t/lib/restart.h"
#include "t/lib/tap.h"

#define SEATS	2

static int *code;		/* shared: what workers leave with */

static void
leave(int signal)
{
	(void)signal;
	_exit(*code);
}

static int
serve(struct cadre_worker *w, void *arg)
{
	signal(SIGUSR1, leave);
	return app_idle(w, arg);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_stop_codes(m, "3,10-12") < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0)
		exit(99);
}

/* One seat leaves with that code. */
static void
one(struct app *a, int with, bool rests)
{
	uint64_t generation = app_generation(a, 0);
	struct cadre_shm_event e;
	char why[300];

	*code = with;
	ok(app_kill(a, 0, SIGUSR1) == 0, "seat 0 leaves with %d", with);
	if (rests) {
		ok(app_wait_event(a, CADRE_EVENT_DONE, 0, &e) &&
		    e.exit_code == (uint32_t)with, "which is told");
		ok(app_wait_state(a, 0, CADRE_STATE_DONE), "and it is done");
		is_int(ask_reset(a, 0, why, sizeof(why)), 0, "a reset");
	}
	ok(app_wait_respawn(a, 0, generation), "brings another");
}

int
main(void)
{
	static const char *const bad[] = { "x", "256", "3,", "9-7", "1 2",
	    "-1", "99999999999999999999", "1-" };
	struct cadre_master *m;
	struct app *a;

	code = mmap(NULL, sizeof(*code), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	cadre_master_new("x", &m);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(cadre_master_stop_codes(m, bad[i]) == -22 &&
		    strstr(cadre_error(-22), bad[i]) != NULL, "'%s' is none: "
		    "%s", bad[i], cadre_error(-22));
	is_int(cadre_master_stop_codes(m, ""), 0, "none are");
	cadre_master_free(m);
	a = app_start_with(SEATS, serve, config, NULL);
	for (unsigned int i = 0; i < SEATS; i++)
		ok(app_wait_state(a, i, CADRE_STATE_UP), "seat %u is up", i);
	one(a, 3, true);
	one(a, 11, true);
	one(a, 13, false);
	one(a, CADRE_EXIT_DONE, true);
	*code = 12;
	for (unsigned int i = 0; i < SEATS; i++) {
		ok(app_wait_state(a, i, CADRE_STATE_UP), "seat %u is up", i);
		ok(app_kill(a, i, SIGUSR1) == 0, "it leaves with 12");
	}
	ok(app_wait_event(a, CADRE_EVENT_DONE, CADRE_NO_SEAT, NULL),
	    "that all are done is told");
	is_int(app_wait_end(a), 0, "and the app ends with 0");
	app_free(a);
	return done_testing();
}
