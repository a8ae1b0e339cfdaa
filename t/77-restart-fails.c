/* SPDX-License-Identifier: BSD-2-Clause */
/* t/77-restart-fails: a new program that dies is told of, the rest serve on */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "t/lib/command.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

/* Whoever runs the old file goes on reading that. */
static void
program(const char *path, const char *text)
{
	char next[128];
	int fd;

	snprintf(next, sizeof(next), "%s.next", path);
	fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
	dprintf(fd, "#!/bin/sh\n%s\n", text);
	close(fd);
	rename(next, path);
}

static json_int_t
number(const char *path)
{
	struct command c;
	json_int_t n;
	json_t *j;

	COMMAND(&c, "stat", "-j", "w");
	j = command_json(&c);
	n = json_int_at(j, path);
	json_decref(j);
	return n;
}

int
main(void)
{
	char *dir = plain_dir(), there[] = "/tmp/cadre-test-XXXXXX", path[64];
	struct command c;
	json_int_t other;

	if (mkdtemp(there) == NULL)
		bail_out("mkdtemp");
	snprintf(path, sizeof(path), "%s/w", there);
	program(path, PLAIN_FOR_EVER);
	if (COMMAND(&c, "start", "-i", "2", "--max-tries", "1",
	    "--ready-after", "1000", path) != 0)
		bail_out("no app: %s", c.err);
	other = number("seats.1.pid");
	program(path, "echo 'no database' >&2; exit 4");
	is_int(COMMAND(&c, "restart", "w"), 1, "the new program dies: 1");
	ok(strstr(c.err, "exit code 4") != NULL &&
	    strstr(c.err, "no database") != NULL &&
	    strstr(c.err, "0 of 2 seats") != NULL && command_lines(c.err) == 1,
	    "how, its last words, how far it came") || (diag("%s", c.err), 0);
	is_int(number("seats.1.pid"), other, "the other worker is untouched");
	program(path, PLAIN_FOR_EVER);
	is_int(COMMAND(&c, "restart", "w"), 0, "put right: 0") ||
	    (diag("%s", c.err), 0);
	ok(number("seats.0.pid") > 0, "the parked seat has a worker again");
	ok(number("seats.1.pid") != other, "the other one, a new one");

	kill((pid_t)number("master_pid"), SIGSTOP);
	is_int(COMMAND(&c, "restart", "w"), 4, "the master is stopped: 4");
	ok(strstr(c.err, "kill -CONT") != NULL, "and the remedy");
	kill((pid_t)number("master_pid"), SIGCONT);
	is_int(COMMAND(&c, "restart", "-t", "0.01", "w"), 1, "no time: 1");
	is_int(COMMAND(&c, "stop", "--now", "w"), 0, "stop: 0");
	is_int(COMMAND(&c, "restart", "w"), 3, "no such app: 3");
	unlink(path);
	rmdir(there);
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
