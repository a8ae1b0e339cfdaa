/* t/75-busy-poll: with --busy-poll a program looks before it sleeps; demo takes it, too */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/tap.h"
#include "t/lib/trips.h"

static struct command c;

static void
ends(void)
{
	kill(c.pid, SIGTERM);
	ok(command_ends(&c) && c.code == 0, "its end");
}

int
main(void)
{
	const char *build = getenv("top_builddir");
	struct app a = { .name = "trips" };
	char *dir = command_dir(), path[4096];

	snprintf(path, sizeof(path), "%s/t/lib/program",
	    build != NULL ? build : ".");
	COMMAND_START(&c, "run", "-n", "trips", "-i", "1", "--busy-poll", "1ms",
	    "--", path, "trips");
	ok(command_tells(&c, " ready "),
	    "a program that asks without end");
	a.master = c.pid;
	if (cadre_region_open(a.name, &a.region) < 0)
		bail_out("no region");
	ok(trips_go_on(&a), "is answered");
	ok(app_total(&a, "looks") + 1 >= app_total(&a, "requests"),
	    "and looks before it sleeps");
	cadre_region_close(a.region);
	ends();
	COMMAND_START(&c, "demo", "-n", "d", "-i", "1", "-l", "tcp:127.0.0.1:0",
	    "--busy-poll", "50us");
	ok(command_says(&c, "Ctrl-C stops it.\n"), "demo takes it");
	ends();
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
