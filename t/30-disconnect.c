/* t/30-disconnect: a worker that disconnects is heard to the end, which is told once, and serves on */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define BEFORE	100		/* messages that came before the end */

enum { GO = 1, MARKED };

static int came, ended, wrong;

/* So that the test sees it: no other signal is there for it. */
static void
stand_still(struct cadre_mailbox *mb, uint32_t seat, uint64_t generation,
    void *arg)
{
	(void)generation;
	(void)arg;
	if (seat == CADRE_MASTER && !cadre_mailbox_is_connected(mb, seat) &&
	    cadre_mailbox_send(mb, seat, 1, NULL, 0) == -ENOTCONN)
		raise(SIGSTOP);
}

/* It says goodbye at length. */
static void
go(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)message;
	(void)arg;
	for (int i = 0; i < BEFORE; i++)
		(void)cadre_mailbox_send(mb, CADRE_MASTER, MARKED, NULL, 0);
	(void)cadre_mailbox_disconnect(mb, CADRE_MASTER);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, GO, go, NULL);
	cadre_mailbox_on_disconnect(mb, stand_still, NULL);
}

static void
on_disconnect(struct cadre_mailbox *mb, uint32_t seat, uint64_t generation,
    void *arg)
{
	(void)arg;
	wrong += cadre_mailbox_is_connected(mb, seat) || generation != 1 ||
	    came != BEFORE ||
	    cadre_mailbox_send(mb, seat, 1, NULL, 0) != -ENOTCONN;
	ended++;
}

int
main(void)
{
	post_start(1, set_up, NULL);
	cadre_mailbox_on(post_box, MARKED, post_count, &came);
	cadre_mailbox_on_disconnect(post_box, on_disconnect, NULL);
	is_int(post_ask(GO, -1), -ENOTCONN, "it is asked to; no answer comes");
	is_int(came, BEFORE, "all that it had sent was heard");
	is_int(ended, 1, "its end is told");
	is_int(wrong, 0, "after that, and then nothing can be sent");
	ok(post_stopped(0), "it was told itself");
	ok(post_signal(0, SIGCONT) && post_generation(0) == 1, "it serves on");
	ok(post_signal(0, SIGKILL) && post_up(0, 1), "it is killed, too");
	is_int(ended, 1, "its end was told once");
	ok(cadre_mailbox_is_connected(post_box, 0), "its successor is there");
	ok(post_stop(), "it ends");
	return done_testing();
}
