/* t/31-policies: who does not read loses the newest, the oldest, or its channel: as was asked for, and counted */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define QUEUE		16
#define MESSAGES	2000

static enum cadre_drop policy;
static uint32_t last, came;
static int ended, failed, errors[2];

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
	    cadre_master_set(m, CADRE_MESSAGE_POLICY, policy) < 0)
		exit(99);
}

static void
on_message(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)arg;
	last = message->type;
	came++;
}

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb;
	(void)reply;
	(void)arg;
	errors[failed++ % 2] = err;
}

static void
on_disconnect(struct cadre_mailbox *mb, uint32_t seat, uint64_t generation,
    void *arg)
{
	(void)mb;
	(void)arg;
	ended += seat == 0 && generation == 1;
}

static struct cadre_mailbox_counts
flood(enum cadre_drop how)
{
	struct cadre_mailbox_counts c = { .sent = 0 };
	int err = 0;

	policy = how;
	came = last = 0;
	post_start(1, set_up, config);
	cadre_mailbox_on(post_box, CADRE_TYPE_ANY, on_message, NULL);
	cadre_mailbox_on_disconnect(post_box, on_disconnect, NULL);
	if (!post_signal(0, SIGSTOP))
		bail_out("it cannot be stopped");
	for (uint32_t i = 1; i < MESSAGES && err >= 0; i++)
		err = cadre_mailbox_send(post_box, 0, i, &i, sizeof(i));
	is_int(err, how == CADRE_DROP_NEWEST ? -ENOBUFS :
	    how == CADRE_DROP_OLDEST ? 1 : -ENOTCONN, "policy %d: sends", how);
	if (how != CADRE_DROP_PEER)
		err = cadre_mailbox_request(post_box, 0, MESSAGES, NULL, 0,
		    -1, on_reply, NULL);
	for (uint32_t i = 0; how == CADRE_DROP_OLDEST && i < QUEUE; i++)
		(void)cadre_mailbox_send(post_box, 0, MESSAGES + 1, &i, 4);
	cadre_mailbox_counts(post_box, 0, &c);
	return c;
}

static bool
has_ended(void *arg)
{
	(void)arg;
	return ended > 0;
}

static bool
oldest_gone(void *arg)
{
	return last == MESSAGES + 1 && failed == *(int *)arg;
}

int
main(void)
{
	struct cadre_mailbox_counts c = flood(CADRE_DROP_NEWEST);
	int one = 1;

	is_u64(c.dropped_newest, 2, "the last, and the request after it");
	is_u64(c.dropped_oldest + c.disconnected, 0, "nothing else");
	ok(post_signal(0, SIGCONT) && post_counted((int *)&came, (int)c.sent) &&
	    last == c.sent, "the first %u come", came);
	ok(post_stop(), "it ends");
	c = flood(CADRE_DROP_OLDEST);
	ok(c.dropped_oldest > 0 && c.sent == MESSAGES + QUEUE, "all are taken");
	is_u64(c.dropped_newest + c.disconnected, 0, "none of the newest drop");
	ok(post_signal(0, SIGCONT) && post_until(oldest_gone, &one),
	    "the newest come");
	is_int(errors[0], -ENOBUFS, "a request that was dropped has failed");
	ok(post_stop(), "it ends");
	ended = 0;
	c = flood(CADRE_DROP_PEER);
	is_u64(c.disconnected, 1, "one is disconnected");
	is_u64(c.queued + c.queued_bytes, 0, "nothing waits for it");
	ok(!cadre_mailbox_is_connected(post_box, 0) &&
	    post_until(has_ended, NULL), "and that is told, once");
	ok(post_signal(0, SIGCONT) && post_stop(), "it ends");
	is_int(ended, 1, "it was told once");
	return done_testing();
}
