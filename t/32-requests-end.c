/* t/32-requests-end: no more requests than may be are under way, and all of them end with their peer */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define MOST	1024

enum { SILENT = 1, DIES, ECHOED };

static int called, gone;

static void
act(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)arg;
	if (message->type == DIES)
		raise(SIGKILL);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, SILENT, act, NULL);
	cadre_mailbox_on(mb, DIES, act, NULL);
	cadre_mailbox_on(mb, ECHOED, post_echo, NULL);
}

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb;
	(void)reply;
	(void)arg;
	gone += err == -ENOTCONN;
	called++;
}

static int
ask(void)
{
	return cadre_mailbox_request(post_box, 0, SILENT, NULL, 0, -1,
	    on_reply, NULL);
}

int
main(void)
{
	int err, n = 0;

	post_start(1, set_up, NULL);
	while ((err = ask()) >= 0)
		n++;
	is_int(err, -EAGAIN, "there is an end to it");
	is_int(n, MOST, "so many are under way");
	is_int(called, 0, "that one was refused is told to no function");
	ok(post_signal(0, SIGKILL) && post_counted(&called, MOST),
	    "the peer is killed: all are told");
	is_int(gone, MOST, "that it is gone");
	ok(post_up(0, 1) && post_ask(ECHOED, -1) == 0, "its successor answers");
	is_int(post_ask(DIES, -1), -ENOTCONN, "or dies of it");
	ok(post_up(0, 2), "and another comes");
	for (n = 0; n < MOST; n++)
		err = ask();
	ok(err >= 0, "as many as before may be under way");
	is_int(ask(), -EAGAIN, "and no more");
	ok(post_stop(), "it ends");
	is_int(called, 2 * MOST, "with the app all end");
	return done_testing();
}
