/* t/28-program-hang: a program that did not attach is never stalled nor hung, stopped or busy */
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
	if (cadre_master_set(m, CADRE_MIN_UPTIME_MS, 0) < 0 ||
	    cadre_master_set(m, CADRE_HANG_MS, 200) < 0)
		exit(99);
}

static unsigned int
stalls(struct app *a)
{
	struct cadre_cursor c = { 0 };
	struct cadre_shm_event e;
	unsigned int n = 0;

	while (cadre_region_events(a->region, &c, &e, 1) == 1)
		n += e.kind == CADRE_EVENT_STALLED ||
		    e.kind == CADRE_EVENT_HUNG || e.kind == CADRE_EVENT_DIED;
	return n;
}

int
main(void)
{
	struct app *a = EXEC_START(1, config, "plain");
	struct cadre_seat_view v;
	int fd;

	ok(app_wait_state(a, 0, CADRE_STATE_UP), "it is up");
	is_u64(exec_flags(a, 0), CADRE_LIFE_PROGRAM, "and not attached");
	ok(app_kill(a, 0, SIGSTOP) == 0, "stopped");
	fd = app_connect(a);
	(void)!send(fd, "hello\n", 6, MSG_NOSIGNAL);
	ok(probe_beats(a, 2), "for longer than the limit");
	is_int((int)stalls(a), 0, "it is not called stalled, nor killed");
	ok(app_seat(a, 0, &v) && v.newest.life.stalled_ns == 0, "in its row");
	ok(app_kill(a, 0, SIGCONT) == 0, "it goes on");
	close(fd);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
