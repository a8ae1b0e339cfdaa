/* t/33-relay-half: what a worker sends to one that stands still leaves the master half of the queue, by either policy */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "t/lib/asker.h"
#include "t/lib/tap.h"

#define QUEUE	16

static int policy;

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MESSAGE_QUEUE, QUEUE) < 0 ||
	    cadre_master_set(m, CADRE_MESSAGE_POLICY, policy) < 0 ||
	    cadre_master_set(m, CADRE_MESSAGE_REQUESTS, 3000) < 0)
		exit(99);
}

static uint64_t
dropped(void)
{
	struct cadre_mailbox_counts c;

	cadre_mailbox_counts(post_box, 1, &c);
	return c.dropped_newest + c.dropped_oldest;
}

/* Ever more, each time that the last have been handed on. */
static bool
is_full(void *arg)
{
	struct cadre_mailbox_counts c;
	uint64_t *handed = arg;

	cadre_mailbox_counts(post_box, 0, &c);
	if (c.received >= handed[0] && dropped() < handed[1]) {
		handed[0] = c.received + 10;
		(void)asker_ask(1, ASKER_SILENT, 10);
	}
	return dropped() >= handed[1];
}

static void
flooded(int with, const char *name)
{
	uint64_t handed[2] = { 0, 1 };
	struct cadre_mailbox_counts c;
	int mine = 0;

	policy = with;
	asker_start(2, config);
	ok(post_signal(1, SIGSTOP) && post_until(is_full, handed),
	    "%s: seat 0 sends seat 1 more than there is room for", name);
	cadre_mailbox_counts(post_box, 1, &c);
	is_int((long)c.queued, QUEUE / 2, "half of the queue");
	while (mine < QUEUE / 2 && cadre_mailbox_send(post_box, 1,
	    ASKER_UNKNOWN, NULL, 0) == 1)
		mine++;
	cadre_mailbox_counts(post_box, 1, &c);
	is_int((long)c.queued, QUEUE, "the other half is the master's");
	handed[1] = dropped() + QUEUE;
	ok(post_until(is_full, handed), "and again more");
	if (with == CADRE_DROP_OLDEST)
		is_int(cadre_mailbox_send(post_box, 1, ASKER_UNKNOWN, NULL, 0),
		    1, "the master's drops one of these");
	else
		is_int(cadre_mailbox_send(post_box, 1, ASKER_UNKNOWN, NULL, 0),
		    -ENOBUFS, "then it is full");
	ok(post_signal(1, SIGCONT) && post_ask(ASKER_ECHOED, -1) == 0,
	    "it goes on");
	ok(post_stop(), "it ends");
}

int
main(void)
{
	flooded(CADRE_DROP_NEWEST, "the newest is dropped");
	flooded(CADRE_DROP_OLDEST, "the oldest is dropped");
	return done_testing();
}
