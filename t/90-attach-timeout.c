/* t/90-attach-timeout: a master that never answers costs an attach 5 seconds */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>

#include <cadre/cadre.h>

#include "shm/clock.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

int
main(void)
{
	int type = SOCK_SEQPACKET | SOCK_CLOEXEC, control[2], messages[2];
	struct cadre_worker *w = NULL;
	uint64_t begun_ns;
	char number[16];
	int fds;

	/* Blocking ones: whoever made them, a wait is bounded. */
	if (socketpair(AF_UNIX, type, 0, control) < 0 ||
	    socketpair(AF_UNIX, type, 0, messages) < 0)
		bail_out("no sockets");
	snprintf(number, sizeof(number), "%d", control[0]);
	setenv("CADRE_CONTROL", number, 1);
	snprintf(number, sizeof(number), "%d", messages[0]);
	setenv("CADRE_MESSAGES", number, 1);
	snprintf(number, sizeof(number), "%d", (int)getpid());
	setenv("CADRE_PID", number, 1);
	fds = probe_fds(0);
	begun_ns = clock_now_ns();
	is_int(cadre_worker_attach(&w), -ETIMEDOUT, "%s",
	    cadre_error(-ETIMEDOUT));
	ok(clock_now_ns() - begun_ns >= 5 * NS_PER_S, "not before 5 s");
	is_int(probe_fds(0), fds, "no descriptor is left open, none closed");
	ok(w == NULL && getenv("CADRE_CONTROL") != NULL, "it may try again");
	return done_testing();
}
