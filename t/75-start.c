/* SPDX-License-Identifier: BSD-2-Clause */
/* t/75-start: start returns when the app answers, and holds nothing of ours */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "t/lib/command.h"
#include "t/lib/plain.h"
#include "t/lib/tap.h"

static const char *
link_of(int pid, const char *what)
{
	static char target[4096];
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	n = readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	return target;
}

int
main(int argc, char **argv)
{
	struct pollfd p = { .events = POLLIN };
	struct command c;
	char *dir, here[4096], *at;
	int ours[2], master = 0;
	unsigned int port;

	plain_main(argc, argv);
	dir = plain_dir();
	if (pipe(ours) < 0)
		bail_out("pipe: %s", strerror(errno));
	is_int(COMMAND(&c, "start", "-n", "s", "-i", "2", "-l",
	    "tcp:127.0.0.1:0", "--ready-after", "100", plain_program(),
	    "plain"), 0, "start: 0") || (diag("%s", c.err), 0);
	port = plain_port(c.out);
	ok(plain_ask(port) > 1, "it answers on port %u", port);
	is_int(command_lines(c.out), 1, "a line on standard output");
	ok(strstr(c.out, "2 workers ready") != NULL, "how many are ready");
	ok(strstr(c.out, "stop s") != NULL, "what to type next");
	at = strstr(c.out, "pid ");
	ok(at != NULL && sscanf(at, "pid %d", &master) == 1, "its pid");
	ok(command_lines(c.err) == 1 &&
	    strstr(c.err, "does not use libcadre") != NULL,
	    "what is not watched is said aloud, once") ||
	    (diag("%s", c.err), 0);

	is_int(getsid(master), master, "a session of its own");
	is_str(link_of(master, "fd/0"), "/dev/null", "no input of ours");
	is_str(link_of(master, "fd/2"), "/dev/null", "no terminal of ours");
	is_str(link_of(master, "cwd"), getcwd(here, sizeof(here)),
	    "our directory");
	close(ours[1]);
	p.fd = ours[0];
	is_int(poll(&p, 1, 0), 1, "nobody holds the pipe it was left open");

	is_int(COMMAND(&c, "start", "-n", "s", "sleep", "9"), 1,
	    "another one of this name: 1");
	ok(strstr(c.err, "already running") != NULL &&
	    command_lines(c.err) == 1, "says why");
	ok(plain_ask(port) > 1, "the first one still answers");
	snprintf(here, sizeof(here), "%s/s/log/master.log", dir);
	is_int(access(here, R_OK), 0, "and has its log");
	is_int(COMMAND(&c, "stop", "s"), 0, "stop: 0");
	is_int(plain_ask(port), -1, "nobody answers");
	is_int(rmdir(dir), 0, "nothing is left behind");
	return done_testing();
}
