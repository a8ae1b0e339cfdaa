/* t/41-rescue: what waits on the socket of a stopped or dead worker another answers within a second */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <unistd.h>

#include "shm/clock.h"
#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { WAITING = 16 };

static void
greet_all(int fds[WAITING], const char *options)
{
	uint64_t from_ns = clock_now_ns(), took_ns;
	int by_other = 0;

	for (int i = 0; i < WAITING; i++) {
		by_other += keeper_greeted(fds[i]) == 1;
		close(fds[i]);
	}
	took_ns = clock_now_ns() - from_ns;
	ok(by_other == WAITING && took_ns < NS_PER_S, "%s: the other answers "
	    "%d of %d in %d ms", options, by_other, WAITING,
	    (int)(took_ns / NS_PER_MS));
}

/* Unseen by the master at first: they are hashed onto both sockets. */
static void
stopped(const char *options, bool some_wait)
{
	struct app *a = keeper_start(2, keeper, options);
	struct cadre_shm_intake intake;
	int fds[WAITING], fd;
	unsigned int seat;

	ok(app_wait_idle(a, 0) && app_wait_idle(a, 1), "both are idle");
	ok(keeper_stand(a->master) && keeper_stand(app_pid(a, 0)),
	    "one stands, and the master too");
	for (int i = 0; i < WAITING; i++)
		fds[i] = app_connect(a);
	kill(a->master, SIGCONT);
	greet_all(fds, options);
	ok(cadre_region_intake(a->region, 0, &intake) == 0 &&
	    (intake.rescued > 0 || !some_wait), "the acceptor rescued %lu",
	    (unsigned long)intake.rescued);
	ok(app_wait_event(a, CADRE_EVENT_STALLED, 0, NULL), "it was seen");
	app_kill(a, 0, SIGCONT);
	ok(app_wait_event(a, CADRE_EVENT_RESUMED, 0, NULL), "it goes on");
	do {
		fd = keeper_enter(a, &seat);
		close(fd);
	} while (fd >= 0 && seat != 0);
	ok(fd >= 0, "and answers again");
	ok(keeper_rests(a, 2), "no load is left");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	stopped("mode=spread", true);
	stopped("mode=gate", false);
	stopped("unix,mode=gate", false);
	return done_testing();
}
