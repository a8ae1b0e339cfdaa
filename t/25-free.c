/* SPDX-License-Identifier: BSD-2-Clause */
/* t/25-free: free without a stop ends all, and the name and port are free */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "runtime/listen.h"
#include "t/lib/app.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static char address[64] = "tcp:127.0.0.1:0";

/* Ends the connection first, so that its side keeps the port in TIME_WAIT. */
static void
connect_once(struct cadre_master *m)
{
	struct listener l;
	char answer[64];
	int fd;

	cadre_master_address(m, 0, address, sizeof(address));
	listener_parse(&l, address, NULL);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	ok(connect(fd, (struct sockaddr *)&l.sockaddr, l.sockaddr_bytes) == 0 &&
	    send(fd, "hello\n", 6, 0) == 6 &&
	    recv(fd, answer, sizeof(answer), 0) > 0, "%s answers", address);
	close(fd);
}

int
main(void)
{
	const char *dir = probe_dir();
	struct cadre_master *m;
	struct cadre_health h;
	int fds = probe_fds(0);
	pid_t pids[2] = { 0, 0 };

	for (int round = 0; round < 3; round++) {
		cadre_master_new("app", &m);
		cadre_master_listen(m, address, NULL);
		cadre_master_counter(m, "requests", "", "", &app_requests);
		cadre_master_workers(m, 2, app_answer, NULL);
		is_int(cadre_master_start(m), 0, "start %d", round);
		ok(probe_up(m, 0, 0) && probe_up(m, 1, 0), "both are up");
		connect_once(m);
		for (unsigned int i = 0; i < 2; i++)
			if (cadre_master_health(m, i, &h) == 0)
				pids[i] = (pid_t)h.pid;
		if (round == 1)		/* neither looks at its channel now */
			for (int i = 0; i < 2; i++)
				kill(pids[i], SIGSTOP);
		cadre_master_free(m);
		for (int i = 0; i < 2; i++)
			ok(kill(pids[i], 0) < 0 && errno == ESRCH,
			    "pid %d is gone", pids[i]);
		is_int(waitpid(-1, NULL, WNOHANG), -1, "and was reaped");
		is_int(probe_fds(0), fds, "no descriptor is left");
		ok(probe_empty(dir), "no file is left");
	}
	return done_testing();
}
