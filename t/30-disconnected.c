/* t/30-disconnected: a worker that is disconnected is told so, or leaves if it has no function for that */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

static int ended;
static uint64_t generations[8];

static void
stand_still(struct cadre_mailbox *mb, uint32_t seat, uint64_t generation,
    void *arg)
{
	(void)mb;
	(void)generation;
	(void)arg;
	if (seat == CADRE_MASTER)
		raise(SIGSTOP);
}

/* The first in seat 1 has one. */
static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	if (cadre_worker_generation(w) == 2)
		cadre_mailbox_on_disconnect(mb, stand_still, NULL);
}

static void
on_disconnect(struct cadre_mailbox *mb, uint32_t seat, uint64_t generation,
    void *arg)
{
	(void)mb;
	(void)seat;
	(void)arg;
	generations[ended++ % 8] = generation;
}

int
main(void)
{
	post_start(2, set_up, NULL);
	cadre_mailbox_on_disconnect(post_box, on_disconnect, NULL);
	is_int(cadre_mailbox_disconnect(post_box, 1), 0, "one is disconnected");
	is_int(cadre_mailbox_disconnect(post_box, 1), -ENOTCONN, "once");
	ok(!cadre_mailbox_is_connected(post_box, 1), "it is not connected");
	is_int(cadre_mailbox_send(post_box, 1, 1, NULL, 0), -ENOTCONN,
	    "nothing can be sent to it");
	is_int(ended, 0, "no function is called from in there");
	ok(post_counted(&ended, 1) && generations[0] == 2, "but from the loop");
	ok(post_stopped(1), "it has been told, too");
	ok(post_signal(1, SIGCONT) && post_generation(1) == 2, "it serves on");
	is_int(cadre_mailbox_disconnect(post_box, 0), 0, "one that has no "
	    "function for it");
	ok(post_counted(&ended, 2) && generations[1] == 1, "is told of, too");
	ok(post_up(0, 2), "it leaves; another comes");
	ok(cadre_mailbox_is_connected(post_box, 0), "with a channel of its own");
	ok(post_stop(), "it ends");
	is_int(ended, 3, "whose end was told as well, and none twice");
	return done_testing();
}
