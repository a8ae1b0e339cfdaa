/* SPDX-License-Identifier: BSD-2-Clause */
/* t/23-port-race: of two that start on a port at the same time one gets it */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "runtime/listen.h"
#include "t/lib/tap.h"

#define ROUNDS	300
#define SEATS	4

struct both {
	int	arrived, opened;	/* processes */
};

static void
wait_for_both(int *count)
{
	__atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(count, __ATOMIC_SEQ_CST) < 2)
		sched_yield();
}

/* Keeps what it got until the other has tried too. */
static void
open_in_child(struct listener *l, struct both *both)
{
	int err;

	if (fork() != 0)
		return;
	wait_for_both(&both->arrived);
	err = listener_open(l, SEATS, SEATS);
	wait_for_both(&both->opened);
	_exit(err == 0 ? 0 : err == -EADDRINUSE ? 1 : 2);
}

int
main(void)
{
	struct both *both = mmap(NULL, sizeof(*both), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int ends[4] = { 0 }, shared = 0, status, got;
	struct listener l, probe;

	listener_parse(&probe, "tcp:127.0.0.1:0", NULL);
	for (int i = 0; i < ROUNDS; i++) {
		memset(both, 0, sizeof(*both));
		if (listener_open(&probe, 1, 1) < 0)	/* a port that is free */
			bail_out("no port: %s", strerror(errno));
		listener_parse(&l, probe.address, NULL);
		listener_close(&probe);
		listener_parse(&probe, "tcp:127.0.0.1:0", NULL);
		open_in_child(&l, both);
		open_in_child(&l, both);
		got = 0;
		while (wait(&status) > 0) {
			ends[WIFEXITED(status) ? WEXITSTATUS(status) & 3 : 3]++;
			got += WIFEXITED(status) && WEXITSTATUS(status) == 0;
		}
		shared += got > 1;
	}
	is_int(shared, 0, "in no round of %d did both get it", ROUNDS);
	is_int(ends[2] + ends[3], 0, "who does not get it has EADDRINUSE");
	ok(ends[0] > 0 && ends[1] > 0, "got it: %d, refused: %d", ends[0],
	    ends[1]);
	return done_testing();
}
