/* t/41-fetched: in least, what waits behind a long turn goes to a worker that has nothing to do */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <unistd.h>

#include "t/lib/server.h"
#include "t/lib/tap.h"

#define WAITING	2

/* No stall is called one: nothing is taken back for that. */
static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	server_config(m, "least");
	server_set(m, CADRE_STALL_MS, 0);
}

int
main(void)
{
	struct app *a = app_start_with(2, server_run, config, NULL);
	int slow, brief, fds[WAITING], last;
	unsigned int seat, other, by = 2;

	ok(server_all_up(a, 2), "the workers are up");
	slow = server_open(a, "hello\n");
	ok(server_answer(slow, &seat, NULL) == 0, "one has a connection");
	(void)!write(slow, "sleep 60000\n", 12);
	ok(server_busy(a, seat), "and is busy for long");
	other = 1 - seat;
	brief = server_open(a, "sleep 400\n");
	ok(server_busy(a, other), "the other for a while");
	/* As many as there is room for: one each. */
	for (int i = 0; i < WAITING; i++)
		fds[i] = server_open(a, "hello\n");
	ok(server_answer(brief, NULL, NULL) == 0 && app_wait_idle(a, other),
	    "that while is over");
	/* Who comes now makes the acceptor look, wherever it goes itself. */
	last = server_open(a, "hello\n");
	for (int i = 0; i < WAITING; i++)
		ok(server_answer(fds[i], &by, NULL) == 0 && by == other,
		    "%d of those that waited is answered by "
		    "the other", i);
	ok(server_busy(a, seat), "all that time the one was busy");
	close(last);
	app_kill(a, seat, SIGKILL);
	is_int(app_stop(a), 0, "the master exits 0");
	return done_testing();
}
