/* SPDX-License-Identifier: BSD-2-Clause */
/* t/73-crowd-screen: stat and health show who waits, and who is given nothing */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "t/lib/crowd.h"
#include "t/lib/tap.h"

static struct command c;

static void
has(const char *text, const char *what)
{
	ok(strstr(c.out, text) != NULL, "%s: %s", what, text) ||
	    (diag("%s%s", c.out, c.err), 0);
}

/* A number of seconds: so long ago when the test began. */
static void
lasts(const char *before, double least, const char *after, const char *what)
{
	const char *at = strstr(c.out, before);
	char *end = NULL;
	double s = at != NULL ? strtod(at + strlen(before), &end) : -1;

	ok(s >= least && s < 60 && strncmp(end, after, strlen(after)) == 0,
	    "%s: %s %.0f or more", what, before, least) ||
	    (diag("%s%s", c.out, c.err), 0);
}

/* A column that the width takes away. */
static void
narrow(const char *width, bool load, bool queue)
{
	const char *title;

	setenv("COLUMNS", width, 1);
	CROWD_LOOK(&c, "stat", "-1", "web");
	title = strstr(c.out, "SEAT");
	ok(title != NULL && (strstr(title, " LOAD") != NULL) == load &&
	    (strstr(title, " QUEUE") != NULL) == queue, "%s columns: %sLOAD, "
	    "%sQUEUE", width, load ? "" : "no ", queue ? "" : "no ") ||
	    (diag("%s", c.out), 0);
}

int
main(void)
{
	char *dir = crowd_begin();

	is_int(CROWD_LOOK(&c, "stat", "-1", "web"), 0, "stat");
	lasts("tcp:127.0.0.1:8080  rr  queue 12 for ", 3, "s", "a listener");
	has("  shed 7\n", "what it turned away");
	has("  restarts 4  rescued 9\n", "the acceptor");
	has(" CONN LOAD  QUEUE ", "columns");
	lasts("    0    5 4 ", 4, "s", "a load, and a queue of both kinds");
	lasts(" stalled for ", 5, "s: busy loop\n", "a stall, its cause");
	has(" at its limit\n", "a limit");
	is_int(CROWD_LOOK(&c, "health", "web"), 0, "health");
	lasts("  up  stalled for ", 5, "s: busy loop  ", "a stall, its cause");
	has("  up  at its limit  ", "a limit");
	narrow("70", true, true);
	narrow("50", false, true);
	narrow("40", false, false);
	crowd_end(dir);
	return done_testing();
}
