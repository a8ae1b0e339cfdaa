/* t/28-load-rests: what a killed worker had picked up is load no longer, and its successor is chosen again */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/socket.h>

#include "t/lib/keeper.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { WORKERS = 2, TOGETHER = 8, ASKED = 20 };

static bool
picked_up(void *arg)
{
	const struct app *a = arg;

	return probe_value(a, 0, "open") == 1 && probe_value(a, 1, "open") == 1;
}

/* Before its routes have come the acceptor knows of one worker, maybe. */
static bool
both_answer(struct app *a)
{
	unsigned int seat, seen = 0;
	char answer[64];

	for (int i = 0; i < 1000 && seen != 3; i++)
		if (app_ask(a, "hello\n", answer, sizeof(answer)) > 0 &&
		    sscanf(answer, "seat %u", &seat) == 1 && seat < WORKERS)
			seen |= 1U << seat;
	return seen == 3 && keeper_rests(a, WORKERS);
}

/* All at once: a message of 4 for each, of which each accepts the first. */
static void
hold_all(struct app *a, int fds[TOGETHER])
{
	pid_t acceptor = keeper_acceptor(a);

	ok(keeper_stand(acceptor), "the acceptor stands");
	for (int i = 0; i < TOGETHER; i++)
		fds[i] = app_connect(a);
	kill(acceptor, SIGCONT);
	ok(app_until(picked_up, a), "each has accepted one, and reads");
	for (unsigned int i = 0; i < WORKERS; i++)
		is_int((int)keeper_load(a, i), TOGETHER / WORKERS,
		    "the load of seat %u is what it was given", i);
}

static void
ask_all(struct app *a, const char *options)
{
	int asked[WORKERS] = { 0 };
	unsigned int seat;
	char answer[64];

	/* Each when the last one's load is gone: of equals it is in turn. */
	for (int i = 0; i < ASKED && keeper_rests(a, WORKERS); i++)
		if (app_ask(a, "hello\n", answer, sizeof(answer)) > 0 &&
		    sscanf(answer, "seat %u", &seat) == 1 && seat < WORKERS)
			asked[seat]++;
	ok(asked[0] == ASKED / 2 && asked[1] == ASKED / 2,
	    "%s: %d and %d are answered", options, asked[0], asked[1]);
}

static void
kill_one(const char *options)
{
	struct app *a = keeper_start(WORKERS, app_answer, options);
	uint64_t generation = app_generation(a, 0);
	int fds[TOGETHER];

	ok(both_answer(a), "both answer");
	hold_all(a, fds);
	ok(app_kill(a, 0, SIGKILL) == 0 && app_wait_respawn(a, 0, generation),
	    "one is killed, and comes again");
	for (int i = 0; i < TOGETHER; i++)
		close(fds[i]);
	ok(keeper_rests(a, WORKERS), "at rest nobody has load");
	ask_all(a, options);
	ok(keeper_rests(a, WORKERS), "nor afterwards");
	is_int(app_stop(a), 0, "the master exits 0");
}

int
main(void)
{
	kill_one("mode=least");
	kill_one("mode=rr");
	return done_testing();
}
