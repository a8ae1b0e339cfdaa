/* t/33-relay-lost: who asked another worker learns that it is gone, has no worker, or no room */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

enum { ASK = 1, SILENT, RESULT };
#define MANY	3000

struct result {
	int	answers, err, worst;
};
static struct result result;
static int got, asked, wanted;

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)reply;
	(void)arg;
	result.answers++;
	if (err != -ENOBUFS)
		result.err = err;
	else
		result.worst = err;
	if (result.answers == wanted) {
		(void)cadre_mailbox_send(mb, CADRE_MASTER, RESULT, &result,
		    sizeof(result));
		memset(&result, 0, sizeof(result));
		wanted = 0;
	}
}

/* Seat 0 asks: whom, and how often. */
static void
on_ask(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	uint32_t what[2];

	(void)arg;
	memcpy(what, message->bytes, sizeof(what));
	for (uint32_t i = 0; i < what[1]; i++)
		wanted += cadre_mailbox_request(mb, what[0], SILENT, NULL, 0,
		    -1, on_reply, NULL) >= 0;
}

static void
silent(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)arg;
	(void)cadre_mailbox_send(mb, CADRE_MASTER, SILENT, &message->from.seat,
	    sizeof(message->from.seat));
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, ASK, on_ask, NULL);
	cadre_mailbox_on(mb, SILENT, silent, NULL);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MESSAGE_QUEUE, 16) < 0 ||
	    cadre_master_set(m, CADRE_MESSAGE_REQUESTS, MANY) < 0)
		exit(99);
}

static void
on_result(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)arg;
	memcpy(&result, message->bytes, sizeof(result));
	got++;
}

static bool
ask(uint32_t seat, uint32_t times)
{
	const uint32_t what[2] = { seat, times };

	return cadre_mailbox_send(post_box, 0, ASK, what, sizeof(what)) >= 0;
}

/* Ever more, each time that the last have been handed on. */
static bool
has_failed(void *arg)
{
	struct cadre_mailbox_counts c[2];
	uint64_t *handed = arg;

	cadre_mailbox_counts(post_box, 0, &c[0]);
	cadre_mailbox_counts(post_box, 1, &c[1]);
	if (c[0].received >= *handed && c[1].dropped_newest == 0) {
		*handed = c[0].received + 10;
		(void)ask(1, 10);
	}
	return c[1].dropped_newest > 0;
}

int
main(void)
{
	uint64_t handed = 0;

	post_start(2, set_up, config);
	cadre_mailbox_on(post_box, RESULT, on_result, NULL);
	cadre_mailbox_on(post_box, SILENT, post_count, &asked);
	ok(ask(5, 3) && post_counted(&got, 1), "a seat without a worker");
	ok(result.answers == 3 && result.err == -ENOTCONN, "ENOTCONN, thrice");
	ok(ask(1, 7) && post_counted(&asked, 7), "one that does not answer");
	ok(post_signal(1, SIGKILL) && post_counted(&got, 2), "and dies");
	ok(result.answers == 7 && result.err == -ENOTCONN, "ENOTCONN for each");
	ok(post_up(1, 2) && post_signal(1, SIGSTOP), "another is stopped");
	ok(post_until(has_failed, &handed), "and asked too often");
	ok(post_signal(1, SIGKILL) && post_counted(&got, 3), "and killed");
	ok(result.answers > 100, "all that went, %d, are answered",
	    result.answers);
	is_int(result.worst, -ENOBUFS, "some: that there was no room");
	is_int(result.err, -ENOTCONN, "some: that it is gone");
	ok(post_up(1, 3) && ask(1, 1) && post_counted(&asked, 8), "the next "
	    "one is asked, as if nothing had been");
	ok(post_stop(), "it ends");
	return done_testing();
}
