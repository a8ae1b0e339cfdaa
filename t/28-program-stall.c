/* t/28-program-stall: an attached program can stall, a plain one never does */
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
	/* A slow machine holds up an idle worker, too, but not for so long. */
	if (cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0 ||
	    cadre_master_set(m, CADRE_STALL_MS, 1000) < 0)
		exit(99);
}

/* Its worker is kept busy; the connection is the caller's to close. */
static int
busy(const struct app *a)
{
	int fd = app_connect(a);

	(void)!send(fd, "busy\n", 5, MSG_NOSIGNAL);
	return fd;
}

static bool
stalled(struct app *a, uint64_t generation)
{
	struct cadre_shm_event e;

	a->events = (struct cadre_cursor){ 0 };
	while (cadre_region_events(a->region, &a->events, &e, 1) == 1)
		if (e.kind == CADRE_EVENT_STALLED && e.generation == generation)
			return true;
	return false;
}

int
main(void)
{
	struct app *a = EXEC_START(1, config, "answer");
	uint64_t generation = 0;
	int fd;

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "attached and up");
	fd = busy(a);
	ok(app_wait_event(a, CADRE_EVENT_STALLED, 0, NULL), "busy: it stalls");
	ok(app_kill_next(a, 0, &generation), "killed in that turn");
	ok(app_wait_respawn(a, 0, generation), "another life of that slot");
	ok(probe_beats(a, 3) && !stalled(a, generation + 1), "is not stalled");
	close(fd);
	is_int(app_stop(a), 0, "the master exits 0");

	/* One life that attaches and dies busy, then one that never attaches. */
	a = EXEC_START(1, config, "once");
	ok(app_wait_state(a, 0, CADRE_STATE_UP), "attached and up");
	fd = busy(a);
	ok(app_wait_event(a, CADRE_EVENT_STALLED, 0, NULL), "busy: it stalls");
	generation = 0;
	ok(app_kill_next(a, 0, &generation), "killed in that turn");
	ok(app_wait_respawn(a, 0, generation), "a plain one in its slot");
	is_u64(exec_flags(a, 0), CADRE_LIFE_PROGRAM, "it is not attached");
	close(fd);
	fd = busy(a);
	ok(probe_beats(a, 3) && !stalled(a, generation + 1),
	    "it is never stalled, busy as it is");
	ok(app_kill(a, 0, SIGKILL) == 0, "killed, as it would not end");
	close(fd);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
