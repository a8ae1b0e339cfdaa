/* t/30-disconnect: either side ends a channel: what had come is heard, the end is told once, the worker serves on */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <signal.h>

#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

#define BEFORE	100		/* messages that came before the end */

enum { GO = 1, MARKED };

static int came, ended, errs, asked;
static uint64_t generations[8];

static void
nothing(struct cadre_mailbox *mb, uint32_t seat, uint64_t generation,
    void *arg)
{
	(void)generation;
	(void)arg;
	/* So that a test can see it: no other signal is there for it. */
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
	cadre_mailbox_on(mb, GO, go, NULL);
	if (cadre_worker_generation(w) <= 2)
		cadre_mailbox_on_disconnect(mb, nothing, NULL);
}

static void
on_disconnect(struct cadre_mailbox *mb, uint32_t seat, uint64_t generation,
    void *arg)
{
	(void)arg;
	errs += cadre_mailbox_is_connected(mb, seat) ||
	    cadre_mailbox_send(mb, seat, 1, NULL, 0) != -ENOTCONN;
	generations[ended++ % 8] = generation;
}

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb;
	(void)reply;
	(void)arg;
	asked += err == -ENOTCONN;
}

int
main(void)
{
	struct cadre_health h;

	post_start(2, set_up, NULL);
	cadre_mailbox_on(post_box, MARKED, post_count, &came);
	cadre_mailbox_on_disconnect(post_box, on_disconnect, NULL);
	ok(cadre_mailbox_request(post_box, 0, GO, NULL, 0, -1, on_reply,
	    NULL) >= 0 && post_counted(&ended, 1), "a worker disconnects");
	is_int(came, BEFORE, "all that it had sent was heard before");
	ok(post_counted(&asked, 1), "its answer will not come: ENOTCONN");
	is_int(cadre_mailbox_disconnect(post_box, 1), 0, "the master does");
	is_int(cadre_mailbox_disconnect(post_box, 1), -ENOTCONN, "once");
	ok(!cadre_mailbox_is_connected(post_box, 1), "it is not connected");
	is_int(ended, 1, "the end is not told from in there");
	ok(post_counted(&ended, 2) && generations[0] == 1 &&
	    generations[1] == 2, "but from the loop, of the right worker");
	is_int(errs, 0, "and then nothing more can be sent");
	ok(post_stopped(0) && post_stopped(1), "both workers were told");
	ok(post_signal(0, SIGCONT) && post_signal(1, SIGCONT) &&
	    cadre_master_health(post_master, 1, &h) == 0 &&
	    h.state == CADRE_STATE_UP, "and they serve on");
	ok(post_signal(0, SIGKILL) && post_up(0, 1) &&
	    cadre_mailbox_is_connected(post_box, 0), "a successor has its own");
	is_int(ended, 2, "no end was told twice");
	is_int(cadre_mailbox_disconnect(post_box, 0), 0, "a worker that has "
	    "no function for it is disconnected");
	ok(post_counted(&ended, 3) && post_up(0, 3), "it leaves; another comes");
	is_int(cadre_mailbox_disconnect(post_box, 9), -ENOTCONN, "no worker");
	is_int(cadre_mailbox_disconnect(post_box, 9999), -ENOENT, "no seat");
	ok(post_stop(), "it ends");
	return done_testing();
}
