/* t/37-bells: who fills, shuts, reads and rings the bells of others makes no publisher wait, and no subscriber sleep on */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <string.h>

#include <sys/socket.h>

#include "runtime/topics.h"
#include "runtime/worker.h"
#include "t/lib/gazette.h"
#include "t/lib/tap.h"

#define ROUNDS	20

enum { ABUSE = 70 };		/* what seat 0 is told */

static struct cadre_worker *self;

static void
abuse(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	struct topics *t = worker_topics(self);
	unsigned int all = 0;
	int least = 1;
	char byte;

	(void)arg;
	/* The first that is published makes sure that they are there. */
	cadre_mailbox_publish(mb, "none", "", 0, CADRE_SCOPE_SIBLINGS);
	for (unsigned int i = 0; i < t->nbells; i++) {
		(void)setsockopt(t->bells[i], SOL_SOCKET, SO_SNDBUF, &least,
		    sizeof(least));
		(void)fcntl(t->bells[i], F_SETFL, 0);
		while (send(t->bells[i], "", 1, MSG_DONTWAIT | MSG_NOSIGNAL) ==
		    1)
			;
		all += shutdown(t->bells[i], SHUT_RDWR) == 0 &&
		    recv(t->bells[i], &byte, 1, MSG_DONTWAIT) <= 0;
	}
	cadre_mailbox_reply(mb, &message->from, ABUSE,
	    all == t->nbells ? "abused" : "not", 7);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	self = w;
	gazette_set_up(w, mb);
	cadre_mailbox_on(mb, ABUSE, abuse, NULL);
}

int
main(void)
{
	uint64_t n = 0;

	post_start(3, set_up, NULL);
	is_int(gazette_subscribe(1, "news"), 0, "one subscribes");
	for (uint64_t i = 0; i < ROUNDS; i++)
		n += gazette_asleep(1) && post_ask(ABUSE, -1) == 0 &&
		    strcmp(post_reply, "abused") == 0 && gazette_asleep(1) &&
		    gazette_publish(2, "news", CADRE_SCOPE_SIBLINGS, 1, 8) ==
		    0 && gazette_received(1, i + 1);
	is_u64(n, ROUNDS, "%d times all bells are abused: one publishes, and "
	    "the other gets it", ROUNDS);
	is_int(gazette_subscribe(2, "news"), 0, "who subscribes only then");
	ok(gazette_asleep(2), "and sleeps");
	is_int(gazette_publish(1, "news", CADRE_SCOPE_SIBLINGS, 1, 8), 0,
	    "is published to");
	ok(gazette_received(2, 1), "and gets it, too");
	ok(gazette_stop(), "it ends");
	return done_testing();
}
