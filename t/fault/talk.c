/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each worker sends what fits a frame and what does not, asks the master and
 * the other seat, publishes what all have subscribed to, and goes on a few
 * times as it hears from others; the first one in seat 1 then asks to be
 * disconnected, and serves on.
 */
#include <string.h>

#include "t/fault/talk.h"

#define LONG		100000
#define ROUNDS		8
#define ASK_MS		200

enum { SAY = 1, ASK, PART };

static char bytes[LONG];
static const char topic[] = "what all want to know";
static unsigned int rounds;

static void
on_ask(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)arg;
	if (message->from.id != 0)
		(void)cadre_mailbox_reply(mb, &message->from, SAY, bytes, 5);
}

static void
on_part(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)arg;
	(void)cadre_mailbox_disconnect(mb, message->from.seat);
}

static void
on_news(struct cadre_mailbox *mb, const struct cadre_news *news, void *arg)
{
	(void)arg;
	if (news->seat != CADRE_MASTER && rounds++ < ROUNDS)
		(void)cadre_mailbox_publish(mb, topic, bytes, 100,
		    CADRE_SCOPE_OTHERS);
}

static void
on_worker(struct cadre_mailbox *mb, const struct cadre_worker_event *e,
    void *arg)
{
	(void)arg;
	if (e->kind == CADRE_WORKER_READY)
		(void)cadre_mailbox_publish(mb, topic, bytes, 100,
		    CADRE_SCOPE_OTHERS);
}

int
talk_hear(struct cadre_master *m)
{
	struct cadre_mailbox *mb = cadre_master_mailbox(m);
	int err;

	err = cadre_mailbox_on(mb, SAY, on_ask, NULL);
	if (err == 0)
		err = cadre_mailbox_on(mb, ASK, on_ask, NULL);
	if (err == 0)
		err = cadre_mailbox_on(mb, PART, on_part, NULL);
	if (err == 0)
		err = cadre_mailbox_on_worker(mb, on_worker, NULL);
	return err == 0 ? cadre_mailbox_subscribe(mb, topic, on_news, NULL) :
	    err;
}

static void
on_disconnect(struct cadre_mailbox *mb, uint32_t seat, uint64_t generation,
    void *arg)
{
	(void)mb;
	(void)seat;
	(void)generation;
	(void)arg;
}

/* The last of its questions that is answered, well or not. */
static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	const bool *parts = arg;

	(void)err;
	(void)reply;
	if (*parts)
		(void)cadre_mailbox_send(mb, CADRE_MASTER, PART, NULL, 0);
}

void
talk_begin(struct cadre_worker *w)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);
	unsigned int seat = cadre_worker_seat(w);
	static bool parts;

	parts = seat == 1 && cadre_worker_generation(w) <= 2;
	(void)cadre_mailbox_on(mb, ASK, on_ask, NULL);
	(void)cadre_mailbox_on_disconnect(mb, on_disconnect, NULL);
	(void)cadre_mailbox_subscribe(mb, topic, on_news, NULL);
	(void)cadre_mailbox_send(mb, CADRE_MASTER, SAY, bytes, 5);
	(void)cadre_mailbox_send(mb, CADRE_MASTER, SAY, bytes, LONG);
	(void)cadre_mailbox_publish(mb, topic, bytes, 100, CADRE_SCOPE_ALL);
	(void)cadre_mailbox_request(mb, CADRE_MASTER, ASK, bytes, 5, ASK_MS,
	    on_reply, &parts);
	(void)cadre_mailbox_request(mb, 1 - seat % 2, ASK, bytes, 5, ASK_MS,
	    on_reply, &parts);
}
