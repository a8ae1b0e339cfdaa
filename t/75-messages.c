/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-messages: the flags about messages bind a program that sends some */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/tap.h"

static struct command c;

static void
says(const char *line, const char *what)
{
	ok(strstr(c.out, line) != NULL, "%s: %s", what, line) ||
	    (diag("%s%s", c.out, c.err), 0);
}

int
main(void)
{
	const char *build = getenv("top_builddir");
	char *dir = command_dir(), path[4096], want[64];

	snprintf(path, sizeof(path), "%s/t/lib/program",
	    build != NULL ? build : ".");
	is_int(COMMAND(&c, "run", "-n", "m", "-i", "1", "--message-bytes",
	    "100", "--message-requests", "1", "--no-message-rights", "--",
	    path, "sends", "100"), 0, "it has sent, and is done");
	says("whole 0\n", "as long as may be");
	snprintf(want, sizeof(want), "longer %d\n", -EMSGSIZE);
	says(want, "a byte more");
	snprintf(want, sizeof(want), "descriptor %d\n", -EPERM);
	says(want, "a descriptor");
	snprintf(want, sizeof(want), "request 0\nrequest %d\n", -EAGAIN);
	says(want, "one request, and a second");

	is_int(COMMAND(&c, "run", "-n", "m", "-i", "1", "--message-policy",
	    "peer", "--message-rights", "--message-queue", "1",
	    "--message-queue-bytes", "4096", "--", path, "sends", "100"), 0,
	    "without these it may");
	says("longer 0\ndescriptor 0\nrequest 0\nrequest 0\n", "all of it");
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
