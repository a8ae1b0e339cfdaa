/* t/41-no-descriptors: a worker without free descriptors loses nothing, does not spin, and goes on */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <unistd.h>

#include <sys/resource.h>

#include "t/lib/probe.h"
#include "t/lib/server.h"
#include "t/lib/tap.h"

#define LIMIT		48		/* of the worker; some are the runtime's */
#define CLIENTS		60
#define TURNS		2000		/* in a second, at a pause of 1 ms each */

/* The master takes what its hard limit gives; the worker gets this again. */
static void
config(struct cadre_master *m, void *arg)
{
	struct rlimit all;

	(void)arg;
	getrlimit(RLIMIT_NOFILE, &all);
	all.rlim_cur = LIMIT;
	setrlimit(RLIMIT_NOFILE, &all);
	server_config(m, getenv("T_MODE"));
}

static void
runs_out(const char *mode)
{
	int fds[CLIENTS], first, answered = 0;
	unsigned int turns;
	struct app *a;

	setenv("T_MODE", mode, 1);
	server_share();
	a = app_start_with(1, server_run, config, NULL);
	ok(server_all_up(a, 1), "%s: it is up", mode);
	for (int i = 0; i < CLIENTS; i++)
		fds[i] = server_open(a, "hello\n");
	first = server_answers(fds, CLIENTS, 200);
	ok(first > 0 && first < LIMIT, "%s: %d have their answer, then there "
	    "is no descriptor", mode, first);
	turns = server_seats[0].turns;
	ok(probe_beats(a, 1), "%s: and another", mode);
	turns = server_seats[0].turns - turns;
	ok(turns < TURNS, "%s: it does not spin: %u turns in a second", mode,
	    turns);
	for (int i = 0; i < CLIENTS; i++) {
		answered += server_answer(fds[i], NULL, NULL) == 0;
		close(fds[i]);
	}
	is_int(answered, CLIENTS, "%s: none is lost", mode);
	is_int(app_stop(a), 0, "%s: the master exits 0", mode);
}

int
main(int argc, char **argv)
{
	if (argc > 1) {
		runs_out(argv[1]);
		return done_testing();
	}
	runs_out("spread");
	runs_out("gate");
	runs_out("rr");
	return done_testing();
}
