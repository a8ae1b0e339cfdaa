/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-demo-shed: what is over a limit gets the bytes of a file, and is told of */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/example.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

#define GET	"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
#define BUSY	"HTTP/1.1 503 Busy\r\nContent-Length: 5\r\n\r\nbusy\n"

static void
over_the_limit(const struct app *a)
{
	struct answer answer = { .status = 0 };
	int first = app_connect(a), second;
	struct command stat;
	json_t *j;

	example_send(first, GET, sizeof(GET) - 1);
	example_answer(first, false, &answer);
	is_int(answer.status, 200, "one connection is served");
	second = app_connect(a);
	example_answer(second, false, &answer);
	ok(answer.status == 503 && strcmp(answer.body, "busy\n") == 0,
	    "the next one is sent the file") || (diag("%d %s", answer.status,
	    answer.body), 0);
	ok(example_ended(second), "and closed");
	COMMAND(&stat, "stat", "-j", "d");
	j = command_json(&stat);
	is_int(json_int_at(j, "shed"), 1, "stat tells of it");
	json_decref(j);
	close(first);
	close(second);
}

int
main(void)
{
	char *dir = command_dir(), path[] = "/tmp/cadre-test-XXXXXX";
	struct app a = { .port = 0 };
	int fd = mkstemp(path);
	struct command c;

	if (fd < 0 || write(fd, BUSY, sizeof(BUSY) - 1) < 0)
		bail_out("mkstemp: %s", strerror(errno));
	COMMAND_START(&c, "demo", "-n", "d", "-i", "1", "-l", "tcp:127.0.0.1:0",
	    "--worker-connections", "1", "--overload", "shed", "--shed-bytes",
	    path);
	ok(command_says(&c, "Ctrl-C stops it.\n"), "with a limit of one");
	a.port = plain_port(c.out);
	over_the_limit(&a);
	kill(c.pid, SIGTERM);
	ok(command_ends(&c) && c.code == 0, "its end");
	close(fd);
	unlink(path);
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
