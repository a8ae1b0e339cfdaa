/* t/37-shut: who makes the cords of others block, fills or shuts them, makes no publisher wait, and no subscriber sleep on */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <sys/socket.h>

#include "runtime/topics.h"
#include "runtime/worker.h"
#include "t/lib/gazette.h"
#include "t/lib/tap.h"

#define ROUNDS	20

enum { FILL = 70, SHUT };	/* what seat 0 is told */

static struct cadre_worker *self;

static struct topics *
topics(struct cadre_mailbox *mb)
{
	/* The first that is published makes sure that the cords are there. */
	cadre_mailbox_publish(mb, "none", "", 0, CADRE_SCOPE_SIBLINGS);
	return worker_topics(self);
}

static void
fill(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	struct topics *t = topics(mb);
	int least = 1, full = 0;

	(void)arg;
	for (unsigned int i = 0; i < t->ncords; i++) {
		(void)setsockopt(t->cords[i], SOL_SOCKET, SO_SNDBUF, &least,
		    sizeof(least));
		(void)fcntl(t->cords[i], F_SETFL, 0);
		while (send(t->cords[i], "", 1, MSG_DONTWAIT) == 1)
			;
		full += errno == EAGAIN;
	}
	cadre_mailbox_reply(mb, &message->from, FILL,
	    full == (int)t->ncords ? "full" : "not", 5);
}

static void
shut(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	struct topics *t = topics(mb);
	int all = 0;

	(void)arg;
	for (unsigned int i = 0; i < t->ncords; i++)
		all += shutdown(t->cords[i], SHUT_RDWR) == 0;
	cadre_mailbox_reply(mb, &message->from, SHUT,
	    all == (int)t->ncords ? "shut" : "not", 5);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	self = w;
	gazette_set_up(w, mb);
	cadre_mailbox_on(mb, FILL, fill, NULL);
	cadre_mailbox_on(mb, SHUT, shut, NULL);
}

/* So often it sleeps, is published to, and gets it. */
static uint64_t
rounds(uint64_t before)
{
	uint64_t n = 0;

	while (n < ROUNDS && gazette_asleep(1) &&
	    gazette_publish(2, "news", CADRE_SCOPE_SIBLINGS, 1, 8) == 0 &&
	    gazette_received(1, before + n + 1))
		n++;
	return n;
}

int
main(void)
{
	uint64_t filled = 0;

	post_start(3, set_up, NULL);
	is_int(gazette_subscribe(1, "news"), 0, "one subscribes");
	for (uint64_t i = 0; i < ROUNDS; i++)
		filled += gazette_asleep(1) && post_ask(FILL, -1) == 0 &&
		    strcmp(post_reply, "full") == 0 &&
		    gazette_publish(2, "news", CADRE_SCOPE_SIBLINGS, 1, 8) ==
		    0 && gazette_received(1, i + 1);
	is_u64(filled, ROUNDS, "%d times all cords are made to block, and "
	    "filled: one publishes, and the other gets it", ROUNDS);
	is_u64(rounds(ROUNDS), ROUNDS, "and without that");
	is_int(post_ask(SHUT, -1), 0, "all cords are shut: %s", post_reply);
	is_u64(rounds(2 * ROUNDS), ROUNDS, "what is published comes still");
	is_int(gazette_subscribe(2, "news"), 0, "who subscribes only then");
	is_int(gazette_publish(1, "news", CADRE_SCOPE_SIBLINGS, 1, 8), 0,
	    "and sleeps");
	ok(gazette_received(2, 1), "gets it, too");
	ok(gazette_stop(), "it ends");
	return done_testing();
}
