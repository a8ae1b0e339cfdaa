/* SPDX-License-Identifier: BSD-2-Clause */
/* t/21-never-ready: who is not ready in time is killed and tried again */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/app.h"
#include "t/lib/tap.h"

static int
seat_0_sleeps(struct cadre_worker *w, void *arg)
{
	if (cadre_worker_seat(w) > 0)
		return app_idle(w, arg);
	for (;;)
		pause();
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_READY_TIMEOUT_MS, 100) < 0 ||
	    cadre_master_set(m, CADRE_DRAIN_TIMEOUT_MS, 100) < 0 ||
	    cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0)
		exit(99);
}

int
main(void)
{
	struct app *a = app_start_with(2, seat_0_sleeps, config, NULL);
	struct cadre_shm_event late, died, next;
	char text[512];

	ok(app_wait_event(a, CADRE_EVENT_LATE, 0, &late), "seat 0 is late");
	cadre_event_text(&late, text, sizeof(text));
	ok(strstr(text, "not ready within") != NULL, "said: %s", text);
	ok(app_wait_event(a, CADRE_EVENT_DIED, 0, &died), "it is killed");
	is_u64(died.generation, late.generation, "the very same life");
	is_int(died.exit_signal, SIGKILL, "by SIGKILL");
	ok(died.duration_ns >= 100000000, "not before its time was over");
	ok(app_wait_event(a, CADRE_EVENT_SPAWNED, 0, &next) &&
	    next.generation > died.generation, "another one is tried");
	ok(app_wait_state(a, 1, CADRE_STATE_UP), "its sibling is up");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
