/* SPDX-License-Identifier: BSD-2-Clause */
/* t/23-start-race: who connects while the sockets are made is not left alone */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "runtime/listen.h"
#include "t/lib/app.h"
#include "t/lib/tap.h"

#define SEATS	256
#define ROUNDS	20

struct bell {
	int	stop, knocks;
};

static bool
rings(void *bell)
{
	return __atomic_load_n(&((struct bell *)bell)->knocks,
	    __ATOMIC_RELAXED) > 10;
}

/*
 * Knock until told to stop: connections that were made stay open. From another
 * address, or one might meet itself on a port that nobody listens on yet.
 */
static void
knock(const struct sockaddr_in *in, struct bell *bell)
{
	struct sockaddr_in from = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1),
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!__atomic_load_n(&bell->stop, __ATOMIC_RELAXED)) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

		if (bind(fd, (void *)&from, sizeof(from)) < 0 ||
		    (connect(fd, (const void *)in, sizeof(*in)) < 0 &&
		    errno != EINPROGRESS))
			close(fd);
		__atomic_fetch_add(&bell->knocks, 1, __ATOMIC_RELAXED);
	}
	_exit(0);
}

static int
queued(const struct listener *l, unsigned int from, unsigned int to)
{
	int n = 0;

	for (unsigned int i = from; i < to; i++)
		while (accept4(l->fds[i], NULL, NULL, 0) >= 0)
			n++;
	return n;
}

int
main(void)
{
	struct bell *bell = mmap(NULL, sizeof(*bell), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int wanted = 0, unwanted = 0;
	struct listener l, probe;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		unsigned int want = i % 2 + 1;
		pid_t pid;

		/* A free port first, so that the client knows where to go. */
		listener_parse(&probe, "tcp:127.0.0.1:0", NULL);
		if (listener_open(&probe, 1, 1) < 0)
			bail_out("no port");
		listener_parse(&l, probe.address, NULL);
		l.spread = true;	/* as the start settles it */
		listener_close(&probe);
		*bell = (struct bell){ 0, 0 };
		pid = fork();
		if (pid == 0)
			knock((struct sockaddr_in *)&l.sockaddr, bell);
		if (!app_until(rings, bell))
			bail_out("nobody knocks");
		if (listener_open(&l, SEATS, want) < 0)
			bail_out("cannot open: %s", cadre_error(-EADDRINUSE));
		/* On a busy machine nobody may have come meanwhile. */
		__atomic_store_n(&bell->knocks, 0, __ATOMIC_RELAXED);
		if (!app_until(rings, bell))
			bail_out("nobody knocks any more");
		wanted += queued(&l, 0, want);
		__atomic_store_n(&bell->stop, 1, __ATOMIC_RELAXED);
		waitpid(pid, NULL, 0);
		unwanted += queued(&l, want, SEATS);
		listener_close(&l);
	}
	ok(wanted > 0, "%d connections reached wanted seats", wanted);
	is_int(unwanted, 0, "and none a seat that has no worker");
	return done_testing();
}
