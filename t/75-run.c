/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-run: run answers, its workers write where it does, Ctrl-C ends it */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

#define TALKS	"echo out $CADRE_SEAT $A; echo err $CADRE_SEAT >&2; exec \"$0\" plain"

int
main(int argc, char **argv)
{
	struct command c;
	unsigned int port;
	char *dir;

	plain_main(argc, argv);
	dir = plain_dir();
	COMMAND_START(&c, "run", "-n", "r", "-i2", "-ltcp:127.0.0.1:0,backlog=9",
	    "-eA=a b", "--ready-after", "1000", "--", "sh", "-c", TALKS,
	    plain_program());
	ok(command_tells(&c, " r: 2 workers ready on "), "it gets ready") ||
	    (diag("%s", c.err), 0);
	port = plain_port(strstr(c.err, " r: 2 "));
	ok(plain_ask(port) > 1, "and answers on port %u", port);
	kill(-c.pid, SIGINT);
	ok(command_ends(&c), "Ctrl-C ends it");
	is_int(c.code, 0, "with 0");
	ok(strstr(c.out, "out 0 a b\n") != NULL &&
	    strstr(c.out, "out 1 a b\n") != NULL,
	    "and so is their output, with the variable");
	ok(strstr(c.err, "err 0\n") != NULL && strstr(c.err, "err 1\n") !=
	    NULL, "and so are their errors");
	is_int(command_lines(c.out), 2, "nothing else goes there");
	ok(strstr(c.err, "sh does not use libcadre") != NULL,
	    "what is not watched is said");
	ok(strstr(c.err, " stopped\n") != NULL, "the end is told");
	is_int(plain_ask(port), -1, "nobody answers");

	is_int(COMMAND(&c, "run", "-n", "r", "-i", "1", "sh", "-c",
	    "echo no config >&2; exit 2"), 1, "what cannot start ends it: 1");
	ok(strstr(c.err, "no config\n") != NULL, "its words are there") ||
	    (diag("%s", c.err), 0);
	ok(strstr(c.err, "exit code 2") != NULL, "and its exit code");
	is_int(COMMAND(&c, "run", "-n", "r", "-i", "1", "--ready-after", "0",
	    "--min-uptime", "0", "--help", "sleep", "9"), 0, "--help: 0");
	ok(strstr(c.out, "--stop-signal") != NULL, "and its flags");
	is_int(COMMAND(&c, "run", "-n", "r", "-i", "1", "echo", "-n", "--help"),
	    1, "after the program they are not ours");
	ok(strstr(c.out, "--help") != NULL, "but its arguments");
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
