/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-demo: shows addresses and seats, takes the next port, leaves nothing */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include "t/lib/command.h"
#include "t/lib/tap.h"

/* A listener of this test on some port below 65,500: its number. */
static unsigned int
take_port(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) < 0 ||
	    listen(fd, 1) < 0 ||
	    getsockname(fd, (struct sockaddr *)&in, &n) < 0)
		bail_out("cannot listen: %s", strerror(errno));
	return ntohs(in.sin_port) < 65500 ? ntohs(in.sin_port) : take_port();
}

int
main(void)
{
	struct command c, other;
	char *dir = command_dir(), address[64], holder[64];
	unsigned int port = take_port(), used = 0, pid = 0;
	const char *seat;

	snprintf(address, sizeof(address), "tcp:127.0.0.1:%u", port);
	snprintf(holder, sizeof(holder), "port %u is taken by pid %d (", port,
	    (int)getpid());
	COMMAND_START(&c, "demo", "-n", "d", "-i", "2", "-l", address);
	ok(command_says(&c, "Ctrl-C stops it.\n"), "it comes up");
	ok(sscanf(strstr(c.out, "http:"), "http://127.0.0.1:%u", &used) == 1 &&
	    used > port && used <= port + 20, "on one of the next ports");
	seat = strstr(c.out, "  seat 0  pid ");
	ok(seat != NULL && sscanf(seat, " seat 0 pid %u ready in", &pid) == 1 &&
	    strstr(c.out, "  seat 1  pid ") != NULL, "a line per seat");
	ok(strstr(c.out, "region ") != NULL, "the size of the region");
	ok(strstr(c.out, "cadre stat d\n") != NULL, "what to type next");
	is_int(COMMAND(&other, "stat", "-1", "d"), 0, "and that works");
	is_int(COMMAND(&other, "demo", "-n", "d", "-l", "tcp:127.0.0.1:0"), 1,
	    "a second one of this name: 1");
	ok(strstr(other.err, "cadre stop d") != NULL, "says how to stop it");

	is_int(kill((pid_t)pid, SIGKILL), 0, "worker of seat 0 killed");
	ok(command_says(&c, "signal 9"), "its death is told");
	kill(-c.pid, SIGINT);
	ok(command_ends(&c), "Ctrl-C ends it");
	is_int(c.code, 0, "with 0");
	ok(strstr(c.out, "d stopped after ") != NULL, "what was stopped");
	ok(strstr(c.err, holder) != NULL && command_lines(c.err) == 1,
	    "one line on standard error: %s...", holder) ||
	    (diag("%s", c.err), 0);

	COMMAND_START(&c, "demo", "-n", "d", "-i", "1", "-l",
	    "tcp:127.0.0.1:0", "--seat-listen", "tcp:127.0.0.1:0+N");
	ok(command_says(&c, "Ctrl-C stops it.\n"), "once more");
	ok(strstr(c.out, "/  # the door of seat 0\n") != NULL, "with doors");
	kill(c.pid, SIGTERM);
	ok(command_ends(&c) && c.code == 0, "TERM to the demo alone ends both");
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
