/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-demo-mode: demo shows the mode that was asked for, and it is that one */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/example.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

#define GET	"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

static void
in_turn(const struct app *a)
{
	unsigned int of[2] = { 0, 0 }, seat;
	struct answer answer;

	for (int i = 0; i < 10; i++) {
		answer = example_ask(a, GET);
		if (sscanf(answer.body, "seat %u", &seat) == 1 && seat < 2)
			of[seat]++;
	}
	ok(of[0] == 5 && of[1] == 5, "10 connections in turn: %u and %u",
	    of[0], of[1]);
}

int
main(void)
{
	struct app a = { .port = 0 };
	char *dir = command_dir();
	struct command c;

	COMMAND_START(&c, "demo", "-n", "d", "-i", "2", "--mode", "rr", "-l",
	    "tcp:127.0.0.1:0", "-l", "unix:@cadre-demo-mode,mode=gate");
	ok(command_says(&c, "Ctrl-C stops it.\n"), "--mode rr: it comes up");
	ok(strstr(c.out, "/  mode rr\n") != NULL, "and says so") ||
	    (diag("%s%s", c.out, c.err), 0);
	ok(strstr(c.out, "  unix:@cadre-demo-mode  mode gate\n") != NULL,
	    "mode= of a listener goes before --mode");
	a.port = plain_port(c.out);
	in_turn(&a);
	kill(c.pid, SIGTERM);
	ok(command_ends(&c) && c.code == 0, "its end");

	COMMAND_START(&c, "demo", "-n", "d", "-i", "2", "-l",
	    "tcp:127.0.0.1:0,mode=spread");
	ok(command_says(&c, "Ctrl-C stops it.\n"), "-l with an option");
	ok(strstr(c.out, "/  mode spread\n") != NULL, "which is taken");
	kill(c.pid, SIGTERM);
	ok(command_ends(&c) && c.code == 0, "its end");
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
