/* t/31-drop-oldest: of what waits for a worker the oldest makes room, is counted, and a request among it fails */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define QUEUE		16
#define MESSAGES	2000

static uint32_t last;
static int failed, why;

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, CADRE_TYPE_ANY, post_echo, NULL);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MESSAGE_QUEUE, QUEUE) < 0 ||
	    cadre_master_set(m, CADRE_MESSAGE_POLICY, CADRE_DROP_OLDEST) < 0)
		exit(99);
}

static void
on_message(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)arg;
	last = message->type;
}

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb;
	(void)reply;
	(void)arg;
	why = err;
	failed++;
}

static bool
newest_came(void *arg)
{
	(void)arg;
	return last == MESSAGES + QUEUE;
}

int
main(void)
{
	struct cadre_mailbox_counts c = { .sent = 0 };
	int err = 0;

	post_start(1, set_up, config);
	cadre_mailbox_on(post_box, CADRE_TYPE_ANY, on_message, NULL);
	ok(post_signal(0, SIGSTOP), "a worker is stopped");
	for (uint32_t i = 1; i < MESSAGES && err >= 0; i++)
		err = cadre_mailbox_send(post_box, 0, i, NULL, 0);
	is_int(err, 1, "what is sent to it waits, however much");
	is_int(cadre_mailbox_request(post_box, 0, MESSAGES, NULL, 0, -1,
	    on_reply, NULL), 1, "and so does a request");
	for (uint32_t i = 1; i <= QUEUE; i++)
		err = cadre_mailbox_send(post_box, 0, MESSAGES + i, NULL, 0);
	cadre_mailbox_counts(post_box, 0, &c);
	is_u64(c.sent, MESSAGES + QUEUE, "all were taken");
	is_u64(c.queued, QUEUE, "no more wait than may");
	ok(c.dropped_oldest > 0 && c.dropped_newest + c.disconnected == 0,
	    "%d of the oldest were dropped", (int)c.dropped_oldest);
	is_int(failed, 0, "no function is called from in there");
	ok(post_counted(&failed, 1) && why == -ENOBUFS, "the request failed");
	ok(post_signal(0, SIGCONT) && post_until(newest_came, NULL),
	    "the newest comes");
	ok(post_stop(), "it ends");
	return done_testing();
}
