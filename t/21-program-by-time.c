/* t/21-program-by-time: a program that stays is ready; not if it attached */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "t/lib/exec.h"
#include "t/lib/tap.h"

#define AFTER_MS	400	/* it attaches before that, on any machine */
#define TIMEOUT_MS	1500

static int64_t after_ms = AFTER_MS;

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_READY_AFTER_MS, after_ms) < 0 ||
	    cadre_master_set(m, CADRE_READY_TIMEOUT_MS, TIMEOUT_MS) < 0)
		exit(99);
}

/* It never gets ready, is killed for that, and in the end given up. */
static void
times_out(struct app *a, const char *what)
{
	struct cadre_shm_event e = { .text_bytes = 0 };

	ok(app_wait_event(a, CADRE_EVENT_LATE, 0, &e), "%s", what);
	is_str(e.text, "not ready within the ready timeout; killed", "told so");
	ok(app_wait_end(a) > 0, "the app gives up");
	a->events = (struct cadre_cursor){ 0 };
	ok(cadre_region_events(a->region, &a->events, &e, 1) == 1 &&
	    e.kind == CADRE_EVENT_STARTED, "its events are all there");
	while (cadre_region_events(a->region, &a->events, &e, 1) == 1)
		if (e.kind == CADRE_EVENT_READY)
			break;
	ok(e.kind != CADRE_EVENT_READY, "it was never ready");
	app_free(a);
}

int
main(void)
{
	struct app *a = EXEC_START(1, config, "plain");
	struct cadre_shm_event e = { .text_bytes = 0 };
	char answer[64];

	ok(app_wait_event(a, CADRE_EVENT_READY, 0, &e), "ready by time alone");
	is_str(e.text, "it still lives; it does not use libcadre: no stall or "
	    "hang detection", "and that is told");
	ok(e.duration_ns >= AFTER_MS * 1000000, "not before its time");
	ok(app_ask(a, "hello\n", answer, sizeof(answer)) > 0, "it answers");
	is_int(app_stop(a), 0, "the master exits 0");

	times_out(EXEC_START(1, config, "mute"),
	    "one that attached must say so itself");
	after_ms = -1;
	times_out(EXEC_START(1, config, "plain"), "-1: every one must");
	return done_testing();
}
