/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-start-interrupted: Ctrl-C stops the app, kill -9 of start does not */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

static bool
is_in(const char *name, uint32_t state)
{
	struct cadre_seat_view seat = { .state = CADRE_STATE_EMPTY };
	struct cadre_region *r;

	if (cadre_region_open(name, &r) < 0)
		return false;
	(void)cadre_region_seat(r, 0, &seat);
	cadre_region_close(r);
	return seat.state == state;
}

static bool
starting(void *name)
{
	return is_in(name, CADRE_STATE_STARTING);
}

static bool
up(void *name)
{
	return is_in(name, CADRE_STATE_UP);
}

int
main(void)
{
	char *dir = plain_dir(), slow[] = "slow", late[] = "late";
	struct command c;

	COMMAND_START(&c, "start", "-n", slow, "-i", "1", "--wait-ready", "sh",
	    "-c", PLAIN_FOR_EVER);
	ok(app_until(starting, slow), "start waits for a program");
	kill(-c.pid, SIGINT);
	ok(command_ends(&c), "Ctrl-C ends it");
	is_int(c.code, 1, "with 1");
	ok(strstr(c.err, "slow was stopped before it was ready") != NULL,
	    "says so") || (diag("%s", c.err), 0);
	is_int(rmdir(dir), 0, "nothing is left when it has ended");

	mkdir(dir, 0700);
	COMMAND_START(&c, "start", "-n", slow, "-i", "1", "--wait-ready", "sh",
	    "-c", "trap '' TERM; while :; do sleep 1; done");
	ok(app_until(starting, slow), "a program that ignores TERM");
	kill(-c.pid, SIGINT);
	ok(command_tells(&c, "once more"), "the first one is not enough");
	kill(-c.pid, SIGINT);
	ok(command_ends(&c), "the second is");
	is_int(c.code, 1, "with 1");
	is_int(rmdir(dir), 0, "nothing is left");

	mkdir(dir, 0700);
	COMMAND_START(&c, "start", "-n", late, "-i", "1", "--ready-after",
	    "300", "sh", "-c", PLAIN_FOR_EVER);
	ok(app_until(starting, late), "once more");
	kill(-c.pid, SIGKILL);
	ok(command_ends(&c) && c.code == 128 + SIGKILL, "start is killed");
	ok(app_until(up, late), "the app gets ready all the same");
	is_int(COMMAND(&c, "stop", late), 0, "and is stopped: 0");
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
