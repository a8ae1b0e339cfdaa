/* SPDX-License-Identifier: BSD-2-Clause */
/* t/77-stop-all: all are asked before one is waited for; 1 if one failed */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include <cadre/cadre.h>

#include "t/lib/app.h"
#include "t/lib/command.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

static void
start(const char *name, const char *program)
{
	struct command c;

	if (COMMAND(&c, "start", "-n", name, "-i", "1", "--ready-after", "50",
	    "sh", "-c", program) != 0)
		bail_out("%s does not start: %s", name, c.err);
}

static bool
is_gone(void *name)
{
	struct cadre_region *r;
	int err = cadre_region_open(name, &r);

	if (err == 0)
		cadre_region_close(r);
	return err < 0;
}

int
main(void)
{
	char *dir = plain_dir(), left[128], last[] = "z";
	struct command c;

	is_int(COMMAND(&c, "stop", "all"), 0, "of none: 0");
	is_str(c.out, "no apps running\n", "and says so");
	start("a", PLAIN_FOR_EVER);
	start("b", PLAIN_FOR_EVER);
	is_int(COMMAND(&c, "stop", "a", "b"), 0, "two by name: 0");
	is_int(command_lines(c.out), 2, "a line each");
	is_int(rmdir(dir), 0, "both are gone");

	mkdir(dir, 0700);
	snprintf(left, sizeof(left), "%s/left", dir);
	mkdir(left, 0750);
	/* The first is never done; the last must not wait for it. */
	start("a", "trap '' TERM; while :; do sleep 1; done");
	start("b", PLAIN_FOR_EVER);
	start(last, PLAIN_FOR_EVER);
	COMMAND_START(&c, "stop", "--timeout", "2", "all");
	ok(app_until(is_gone, last), "the last one goes");
	is_int(c.pid != 0, 1, "while the first is waited for");
	ok(command_ends(&c), "that is given up");
	is_int(c.code, 1, "with 1");
	ok(strstr(c.err, "a still runs") != NULL && command_lines(c.err) == 1,
	    "says which; what was left behind is no failure") ||
	    (diag("%s", c.err), 0);
	ok(strstr(c.out, "b stopped in") != NULL &&
	    strstr(c.out, "z stopped in") != NULL, "and which are gone");
	is_int(COMMAND(&c, "stop", "--now", "all"), 0, "--now: 0");
	is_int(COMMAND(&c, "stop", "a", "b"), 1, "of two that are not: 1");
	is_int(COMMAND(&c, "stop", "a"), 3, "of one: 3");
	rmdir(left);
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
