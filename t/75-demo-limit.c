/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-demo-limit: at a limit a connection waits, stat shows it, and it is served */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/example.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

#define GET	"GET / HTTP/1.1\r\nHost: x\r\n\r\n"

static bool
is_full(void *arg)
{
	struct command *c = arg;

	COMMAND(c, "stat", "-1", "d");
	return strstr(c->out, " at its limit\n") != NULL;
}

static bool
is_waiting(void *arg)
{
	struct command *c = arg;

	COMMAND(c, "stat", "-1", "d");
	return strstr(c->out, "  gate  queue 1 for ") != NULL;
}

static void
one_then_the_other(const struct app *a)
{
	struct answer answer = { .status = 0 };
	int first = app_connect(a), second;
	struct command stat;

	example_send(first, GET, sizeof(GET) - 1);
	example_answer(first, false, &answer);
	is_int(answer.status, 200, "one connection is served");
	ok(app_until(is_full, &stat), "its worker is at its limit") ||
	    (diag("%s", stat.out), 0);
	second = app_connect(a);
	example_send(second, GET, sizeof(GET) - 1);
	ok(app_until(is_waiting, &stat), "the next one waits in the queue") ||
	    (diag("%s", stat.out), 0);
	close(first);
	example_answer(second, false, &answer);
	is_int(answer.status, 200, "until the first has ended");
	close(second);
}

int
main(void)
{
	struct app a = { .port = 0 };
	char *dir = command_dir();
	struct command c;

	COMMAND_START(&c, "demo", "-n", "d", "-i", "1", "-l", "tcp:127.0.0.1:0",
	    "--app-connections", "1");
	ok(command_says(&c, "Ctrl-C stops it.\n"), "with a limit of one");
	a.port = plain_port(c.out);
	one_then_the_other(&a);
	kill(c.pid, SIGTERM);
	ok(command_ends(&c) && c.code == 0, "its end");
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
