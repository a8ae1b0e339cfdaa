/* t/41-handed-alone: what waits for a stopped worker others answer; for a killed one without others, its successor */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <unistd.h>

#include "shm/clock.h"
#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { GIVEN = 8, BOUND_MS = 1000 };

static uint64_t
given(const struct app *a, unsigned int seat)
{
	struct cadre_seat_view v;

	return app_seat(a, seat, &v) ? v.newest.assigned : 0;
}

static uint64_t before[2];	/* what they had been given */

/* So far the acceptor may have the route of one only, or of none. */
static void
known(struct app *a, unsigned int workers)
{
	ok(keeper_known(a, workers), "the acceptor knows of all");
	for (unsigned int i = 0; i < workers; i++)
		before[i] = given(a, i);
}

static bool
all_given(void *app)
{
	return given(app, 0) == before[0] + GIVEN;
}

static bool
half_given(void *app)
{
	return given(app, 0) == before[0] + GIVEN / 2 &&
	    given(app, 1) == before[1] + GIVEN / 2;
}

/* Its half is given to seat 0, before the master sees that it stands. */
static void
stopped(const char *options)
{
	struct app *a = keeper_start(2, keeper, options);
	int fds[GIVEN], seat = 0, answered = 0, by_other = 0;
	uint64_t from_ns;

	known(a, 2);
	ok(keeper_stand(a->master) && keeper_stand(app_pid(a, 0)),
	    "one stands, and the master too");
	for (int i = 0; i < GIVEN; i++)
		fds[i] = app_connect(a);
	ok(app_until(half_given, a), "%s: half is given to each", options);
	from_ns = clock_now_ns();
	kill(a->master, SIGCONT);
	for (int i = 0; i < GIVEN; i++) {
		seat = keeper_greeted(fds[i]);
		answered += seat >= 0;
		by_other += seat == 1;
	}
	ok(by_other == GIVEN && clock_now_ns() - from_ns <
	    BOUND_MS * NS_PER_MS, "%s: %d of %d answered by the other in %d ms",
	    options, by_other, GIVEN,
	    (int)((clock_now_ns() - from_ns) / NS_PER_MS));
	ok(app_wait_event(a, CADRE_EVENT_STALLED, 0, NULL), "it is stalled");
	app_kill(a, 0, SIGCONT);
	ok(app_wait_event(a, CADRE_EVENT_RESUMED, 0, NULL), "it goes on");
	for (int i = 0; i < GIVEN; i++)
		close(fds[i]);
	ok(keeper_rests(a, 2), "no load is left");
	do {
		fds[0] = keeper_enter(a, (unsigned int *)&seat);
		close(fds[0]);
	} while (fds[0] >= 0 && seat != 0);
	ok(fds[0] >= 0, "and it is given connections again");
	is_int(app_stop(a), 0, "the master exits 0");
}

static void
alone(const char *options)
{
	struct app *a = keeper_start(1, keeper, options);
	uint64_t generation = app_generation(a, 0);
	int fds[GIVEN], answered = 0;

	known(a, 1);
	/* The master, too: it would see that, and have them taken back. */
	ok(keeper_stand(a->master) && keeper_stand(app_pid(a, 0)),
	    "it stands");
	for (int i = 0; i < GIVEN; i++)
		fds[i] = app_connect(a);
	ok(app_until(all_given, a), "%s: one alone is given %d", options,
	    GIVEN);
	kill(a->master, SIGCONT);
	app_kill(a, 0, SIGKILL);
	ok(app_wait_respawn(a, 0, generation), "it is killed");
	for (int i = 0; i < GIVEN; i++) {
		answered += keeper_greeted(fds[i]) == 0;
		close(fds[i]);
	}
	is_int(answered, GIVEN, "its successor answers all");
	ok(keeper_rests(a, 1), "no load is left");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	stopped("mode=rr");
	stopped("mode=least");
	alone("mode=rr");
	alone("mode=least");
	return done_testing();
}
