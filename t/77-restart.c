/* SPDX-License-Identifier: BSD-2-Clause */
/* t/77-restart: every worker is replaced, and all but one serve meanwhile */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

#define SEATS	3

static struct cadre_seat_view
seat_at(struct cadre_region *r, unsigned int i)
{
	struct cadre_seat_view s = { .state = CADRE_STATE_EMPTY };

	(void)cadre_region_seat(r, i, &s);
	return s;
}

struct watch {
	struct cadre_region *region;
	struct command	*command;
	unsigned int	up, least;	/* seats, now and at one time */
};

static bool
ends(void *arg)
{
	struct watch *w = arg;
	siginfo_t info;

	w->up = 0;
	for (unsigned int i = 0; i < SEATS; i++)
		w->up += seat_at(w->region, i).state == CADRE_STATE_UP;
	if (w->up < w->least)
		w->least = w->up;
	info.si_pid = 0;
	return waitid(P_PID, (id_t)w->command->pid, &info,
	    WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid != 0;
}

int
main(int argc, char **argv)
{
	struct watch w = { .least = SEATS };
	uint64_t before[SEATS];
	struct command c, restart;
	unsigned int port;
	char *dir;

	plain_main(argc, argv);
	dir = plain_dir();
	if (COMMAND(&c, "start", "-n", "w", "-i", "3", "-l", "tcp:127.0.0.1:0",
	    "--ready-after", "100", plain_program(), "plain") != 0 ||
	    cadre_region_open("w", &w.region) < 0)
		bail_out("no app: %s", c.err);
	port = plain_port(c.out);
	for (unsigned int i = 0; i < SEATS; i++)
		before[i] = seat_at(w.region, i).newest.life.pid;
	w.command = &restart;
	COMMAND_START(&restart, "restart", "w");
	ok(app_until(ends, &w), "the restart ends");
	command_ends(&restart);
	is_int(restart.code, 0, "with 0") || (diag("%s", restart.err), 0);
	is_int(w.least, SEATS - 1, "two of three were up, at the least");
	is_int(w.up, SEATS, "and all are now");
	for (unsigned int i = 0; i < SEATS; i++)
		ok(seat_at(w.region, i).newest.life.pid != before[i],
		    "seat %u has another worker", i);
	ok(strstr(restart.out, "(3 of 3)\nw restarted in ") != NULL,
	    "a line each, and one for all") || (diag("%s", restart.out), 0);
	is_int(command_lines(restart.out), SEATS + 1, "no more than that");
	ok(plain_ask(port) > 1, "it answers");
	is_int(COMMAND(&c, "restart", "w"), 0, "once more: 0");
	is_int(command_lines(c.out), SEATS + 1, "what was before is not told");
	cadre_region_close(w.region);
	is_int(COMMAND(&c, "stop", "w"), 0, "stop: 0");
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
