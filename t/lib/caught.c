/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See caught.h. A worker that SIGSTOP has reached takes nothing, and the region
 * says what was assigned to its slot meanwhile; the master stands too, or it
 * would tell the acceptor at once.
 */
#include <signal.h>
#include <unistd.h>

#include "t/lib/caught.h"
#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { WORKERS = 2, EACH = 4 };

struct victim {
	struct app	*app;
	uint64_t	assigned;	/* before */
};

static uint64_t
assigned(const struct app *a)
{
	struct cadre_seat_view v;

	return app_seat(a, 0, &v) ? v.newest.assigned : 0;
}

static bool
was_given(void *arg)
{
	const struct victim *v = arg;

	return assigned(v->app) > v->assigned;
}

/* The acceptor knows of it: the region does a little earlier. */
static bool
is_chosen(const struct app *a)
{
	unsigned int seat = 1;
	int fd;

	do {
		fd = keeper_enter(a, &seat);
		close(fd);
	} while (fd >= 0 && seat != 0);
	return fd >= 0;
}

/* One round: how many were not answered; -1: it was given none. */
static int
catch(struct app *a, uint64_t *inout_generation)
{
	struct victim v = { .app = a };
	int fds[EACH], lost = 0;

	if (!app_wait_respawn(a, 0, *inout_generation) ||
	    !is_chosen(a) || !app_wait_idle(a, 0))
		return -1;
	*inout_generation = app_generation(a, 0);
	if (!keeper_stand(a->master) || !keeper_stand(app_pid(a, 0)))
		return -1;
	v.assigned = assigned(a);
	for (int i = 0; i < EACH; i++)
		fds[i] = app_connect(a);
	if (!app_until(was_given, &v))
		lost = -EACH - 1;
	app_kill(a, 0, SIGKILL);
	kill(a->master, SIGCONT);
	for (int i = 0; i < EACH; i++) {
		lost += fds[i] < 0 || keeper_greeted(fds[i]) < 0;
		close(fds[i]);
	}
	return lost;
}

void
caught(const char *options, unsigned int times)
{
	struct app *a = keeper_start(WORKERS, keeper, options);
	unsigned int rounds = 0, lost = 0;
	uint64_t generation = 0;
	int n;

	while (rounds < times && (n = catch(a, &generation)) >= 0) {
		lost += (unsigned int)n;
		rounds++;
	}
	is_int((int)rounds, (int)times, "%s: killed with what it was given",
	    options);
	is_int((int)lost, 0, "none of %u connections is lost", rounds * EACH);
	ok(keeper_rests(a, WORKERS), "no load is left");
	is_int(app_stop(a), 0, "the master exits 0");
}
