/* t/30-order: 10,000 messages of mixed lengths come in their order, both ways at once */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define MESSAGES	10000
#define TYPE_BAD	7

static struct flow {
	uint32_t	sent, came;
	int		bad;
	bool		full;
} flow;
static char bytes[100000];

/* Most are short, some fill a frame, a few are longer than one. */
static size_t
length_of(uint32_t i)
{
	return i % 500 == 499 ? 70000 + i % 1000 : i % 50 == 49 ?
	    65536 - i % 100 : 8 + i * 131 % 3000;
}

/* As many as go at once; what waits goes first. */
static void
put(struct cadre_mailbox *mb, uint32_t to)
{
	while (flow.sent < MESSAGES) {
		size_t n = length_of(flow.sent);

		memset(bytes, (int)flow.sent, n);
		memcpy(bytes, &flow.sent, sizeof(flow.sent));
		if (cadre_mailbox_send(mb, to, 1, bytes, n) < 0)
			break;
		flow.sent++;
	}
}

static void
take(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	const unsigned char *b = message->bytes;
	uint32_t i;

	(void)arg;
	memcpy(&i, b, sizeof(i));
	flow.bad += i != flow.came || message->n != length_of(i) ||
	    b[4] != (i & 0xff) || b[message->n - 1] != (i & 0xff);
	flow.came++;
	put(mb, message->from.seat);
}

/* The other way it is the same; in the end it says how it was. */
static int
serve(struct cadre_worker *w, void *arg)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);
	int epfd = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event e;
	bool told = false;

	(void)arg;
	cadre_mailbox_on(mb, 1, take, NULL);
	cadre_worker_ready(w);
	while (!cadre_worker_draining(w)) {
		put(mb, CADRE_MASTER);
		if (flow.came == MESSAGES && flow.sent == MESSAGES && !told)
			told = cadre_mailbox_send(mb, CADRE_MASTER, TYPE_BAD,
			    &flow.bad, sizeof(flow.bad)) >= 0;
		cadre_worker_wait(w, epfd, &e, 1, 10);
	}
	return 0;
}

static void
on_bad(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	memcpy(arg, message->bytes, sizeof(int));
}

static bool
done(void *arg)
{
	put(post_box, 0);
	return *(int *)arg >= 0 && flow.came == MESSAGES;
}

int
main(void)
{
	int bad = -1;

	post_start_with(1, serve, NULL);
	cadre_mailbox_on(post_box, 1, take, NULL);
	cadre_mailbox_on(post_box, TYPE_BAD, on_bad, &bad);
	ok(post_until(done, &bad), "all have come, both ways");
	is_int(flow.bad, 0, "to the master: in order, each whole");
	is_int(bad, 0, "to the worker: in order, each whole");
	ok(post_stop(), "it ends");
	return done_testing();
}
