/* t/41-descriptors-again: a worker that had no descriptors for what it was handed is chosen again when it has */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include "t/lib/server.h"
#include "t/lib/tap.h"

#define ASKED	30

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, "least");
}

/* Of so many one after another: how many that seat answered. */
static int
by_seat(const struct app *a, unsigned int want)
{
	unsigned int seat;
	int n = 0, fd;

	for (int i = 0; i < ASKED; i++) {
		fd = server_open(a, "hello\n");
		n += server_answer(fd, &seat, NULL) == 0 && seat == want;
		close(fd);
	}
	return n;
}

int
main(void)
{
	struct app *a = app_start_with(2, server_run, config, NULL);
	unsigned int seat;
	int held;

	ok(server_all_up(a, 2), "the workers are up");
	held = server_open(a, "hello\n");
	ok(server_answer(held, &seat, NULL) == 0, "one has a connection");
	(void)!write(held, "limit 3\n", 8);
	ok(server_answer(held, NULL, NULL) == 0, "it may open nothing more");
	ok(by_seat(a, 1 - seat) >= ASKED - 8, "the other answers, but for one "
	    "message at most");
	(void)!write(held, "limit 1000\n", 11);
	ok(server_answer(held, NULL, NULL) == 0, "it may again");
	close(held);
	/* What waited for it may have made it one that serves no queue. */
	ok(server_cause(a, seat, 0), "and is not stalled, or no more");
	ok(by_seat(a, seat) > 0 || by_seat(a, seat) > 0, "and is given some");
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
