/* t/22-attach-drained: a DRAIN that comes before the answer to attach counts */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <sys/epoll.h>

#include <cadre/cadre.h>

#include "shm/clock.h"
#include "t/lib/liar.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

int
main(void)
{
	struct liar_answer late = { .drain = "", .fds = "S", .id = 99 },
	    good = { .drain = "RRRR", .fds = "SARRC" };
	struct liar *liar = liar_new();
	struct cadre_worker *w = NULL;
	struct epoll_event e;
	int fds;

	fds = probe_fds(0);
	ok(liar_attach(liar, &late, &w) < 0, "without an answer it fails");
	is_int(probe_fds(0), fds, "and leaves no descriptor");
	is_int(liar_attach(liar, &good, &w), 0, "with one it is attached");
	/* Four objects to read, a wake-up, an epoll; our end, its two. */
	is_int(probe_fds(0) - fds, 4 + 2 + 3, "what came with DRAIN is closed");
	ok(w != NULL && cadre_worker_draining(w), "and drains");
	is_int(cadre_worker_wait(w, epoll_create1(0), &e, 1, -1), 0,
	    "a wait returns");
	liar_free(liar);
	return done_testing();
}
