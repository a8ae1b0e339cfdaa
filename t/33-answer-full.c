/* t/33-answer-full: an answer for which there is no room in the master fails its request, by either policy, though that has no limit */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "t/lib/asker.h"
#include "t/lib/tap.h"

#define QUEUE	4
#define ASKED	10

static int policy;

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MESSAGE_QUEUE, QUEUE) < 0 ||
	    cadre_master_set(m, CADRE_MESSAGE_POLICY, policy) < 0)
		exit(99);
}

static bool
has_sent(void *arg)
{
	struct cadre_mailbox_counts c;

	return cadre_mailbox_counts(post_box, *(uint32_t *)arg, &c) == 0 &&
	    c.received >= ASKED;
}

/* Behind these nothing more goes to seat 0. */
static bool
fill(void)
{
	struct cadre_mailbox_counts c;

	do
		if (cadre_mailbox_send(post_box, 0, ASKER_UNKNOWN, "x", 1) < 0 ||
		    cadre_mailbox_counts(post_box, 0, &c) < 0)
			break;
	while (c.dropped_oldest == 0);
	return cadre_mailbox_counts(post_box, 0, &c) == 0 &&
	    c.queued == QUEUE;
}

static void
answers(int with, const char *name, int replies)
{
	uint32_t seats[] = { 0, 1 };

	policy = with;
	asker_times = 0;
	asker_heard = (struct asker_heard){ .answers = 0 };
	asker_start(2, config);
	ok(post_signal(1, SIGSTOP) && asker_ask(1, ASKER_ECHOED, ASKED) &&
	    post_until(has_sent, &seats[0]), "%s: one asks another", name);
	ok(post_signal(0, SIGSTOP) && fill(), "then it stands, its queue full");
	ok(post_signal(1, SIGCONT) && post_until(has_sent, &seats[1]),
	    "it is answered");
	ok(post_signal(0, SIGCONT) && post_counted(&asker_times, 1),
	    "and learns what became of each");
	is_int(asker_heard.answers, ASKED, "all");
	is_int(asker_heard.replies, replies, "so many are replies");
	is_int(asker_heard.first, -ENOBUFS, "there was no room for the others");
	ok(post_generation(0) == 1, "it was not disconnected for it");
	ok(post_stop(), "it ends");
}

int
main(void)
{
	answers(CADRE_DROP_NEWEST, "the newest is dropped", 0);
	answers(CADRE_DROP_OLDEST, "the oldest is dropped", QUEUE / 2);
	return done_testing();
}
