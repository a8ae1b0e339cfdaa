/* t/28-attach-half: what an earlier life left in a slot stalls no later one */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/exec.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0)
		exit(99);
}

int
main(void)
{
	struct app *a = EXEC_START(1, config, "once", "half");
	struct cadre_shm_event e;
	uint64_t generation = 0;
	bool stalled = false;
	int fd;

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "attached and up");
	fd = app_connect(a);
	(void)!send(fd, "busy\n", 5, MSG_NOSIGNAL);
	ok(app_wait_event(a, CADRE_EVENT_STALLED, 0, NULL), "busy: it stalls");
	ok(app_kill_next(a, 0, &generation), "killed in that turn");
	close(fd);
	/* It has not begun to write, so the stamp there is the dead one's. */
	ok(exec_says(a, 0, "asked\n") && app_wait_respawn(a, 0, generation) &&
	    probe_beats(a, 3), "one that is attached, and has not begun");
	is_u64(exec_flags(a, 0), CADRE_LIFE_PROGRAM | CADRE_LIFE_ATTACHED,
	    "so it is");
	a->events = (struct cadre_cursor){ 0 };
	while (cadre_region_events(a->region, &a->events, &e, 1) == 1)
		stalled |= e.kind == CADRE_EVENT_STALLED &&
		    e.generation > generation;
	ok(!stalled, "it is not stalled by that");
	ok(app_kill(a, 0, SIGKILL) == 0, "killed, as it would not end");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
