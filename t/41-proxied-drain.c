/* t/41-proxied-drain: a worker that drains answers those whose header is under way, and ends when the others' time is over */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#include "shm/clock.h"
#include "t/lib/introduced.h"
#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define LINE	"PROXY TCP4 192.0.2.1 198.51.100.7 40000 443\r\n"
#define WHO	"192.0.2.1:40000 v1 via 127.0.0.1 to 198.51.100.7:443 "

static bool
drains(void *arg)
{
	struct cadre_seat_view v;

	return app_seat(arg, 0, &v) && v.newest.life.state ==
	    CADRE_STATE_DRAINING;
}

/* Held by one that waits for a header; `served` others are open. */
static void
under_way(const char *options, int served)
{
	struct app *a = keeper_start(1, introduced, options);
	uint64_t generation = app_generation(a, 0), begin_ns;
	int fds[4], late = app_connect(a), before = -1;
	bool good = true;

	if (served > 0)
		before = introduced_send(a, LINE, strlen(LINE));
	if (served > 0)
		ok(introduced_as(before, WHO), "%s: one is served", options);
	for (int i = 0; i < 4; i++)
		fds[i] = introduced_send(a, LINE, 10);
	ok(app_wait_total(a, "accepted", (uint64_t)served + 5), "%s: headers "
	    "are under way", options);
	begin_ns = clock_now_ns();
	is_int(app_kill(a, 0, SIGTERM), 0, "it is told to finish");
	for (int i = 0; i < 4; i++)
		(void)!send(fds[i], LINE + 10, strlen(LINE) - 10, MSG_NOSIGNAL);
	for (int i = 0; i < 4; i++)
		good &= introduced_as(fds[i], WHO);
	ok(good, "they are answered");
	for (int i = 0; i < 4; i++)
		close(fds[i]);
	if (served > 0)
		close(before);
	ok(introduced_closed(late), "who sends none is closed");
	close(late);
	ok(app_wait_respawn(a, 0, generation), "it ends, another comes");
	ok(clock_now_ns() - begin_ns < 10 * NS_PER_S, "by itself");
	is_int(app_stop(a), 0, "the master exits 0");
}

static void
hasty(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_listen(m, "tcp:127.0.0.1:0",
	    "mode=gate,proxy=127.0.0.1,proxy-timeout=60s");
	cadre_master_set(m, CADRE_DRAIN_TIMEOUT_MS, 2000);
}

/* Of a stop half of the time may be waited for them, the rest is not. */
static void
short_of_time(void)
{
	struct app *a = app_start_with(1, introduced, hasty, NULL);
	int fd = app_wait_state(a, 0, CADRE_STATE_UP) ? app_connect(a) : -1;
	struct cadre_shm_event e;

	ok(app_wait_total(a, "accepted", 1), "one is silent, for a minute");
	kill(a->master, SIGTERM);
	ok(app_until(drains, a), "the app stops");
	ok(app_wait_event(a, CADRE_EVENT_DIED, 0, &e) && e.exit_signal == 0 &&
	    e.cut == 1, "it was not killed for that one, which is cut");
	close(fd);
	app_stop(a);
}

int
main(void)
{
	under_way("mode=gate,proxy=127.0.0.1,proxy-timeout=2s", 0);
	under_way("mode=spread,proxy=127.0.0.1,proxy-timeout=2s", 1);
	under_way("mode=rr,proxy=127.0.0.1,proxy-timeout=2s", 1);
	short_of_time();
	return done_testing();
}
