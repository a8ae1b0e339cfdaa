/* t/32-requests: a request is answered once: with a reply, an error, or that there is none in time */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

enum { ECHOED = 1, REFUSED, SILENT, LATE, RELEASE, UNKNOWN };

static struct cadre_sender waiting;

/* In the worker: it answers when it is told to. */
static void
act(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)arg;
	if (message->type == REFUSED)
		(void)cadre_mailbox_reply_error(mb, &message->from, -EDOM);
	if (message->type == LATE)
		waiting = message->from;
	if (message->type == RELEASE)
		(void)cadre_mailbox_reply(mb, &waiting, LATE, "late", 5);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, ECHOED, post_echo, NULL);
	for (uint32_t type = REFUSED; type < UNKNOWN; type++)
		cadre_mailbox_on(mb, type, act, NULL);
}

int
main(void)
{
	struct cadre_mailbox_counts c = { .sent = 0 };
	struct cadre_sender nobody = { .seat = 0, .generation = 1 };

	post_start(1, set_up, NULL);
	is_int(post_ask(ECHOED, -1), 0, "a request is answered");
	is_str(post_reply, "hello", "with the bytes of the reply");
	is_int(post_ask(REFUSED, 20000), -EDOM, "or with the error named");
	is_int(post_ask(UNKNOWN, -1), -ENOSYS, "no function: ENOSYS");
	is_int(post_ask(SILENT, 20), -ETIMEDOUT, "no answer: ETIMEDOUT");
	is_int(post_ask(LATE, 0), -ETIMEDOUT, "at once, if it may take no time");
	ok(cadre_mailbox_send(post_box, 0, RELEASE, NULL, 0) >= 0 &&
	    post_ask(ECHOED, -1) == 0, "now it is answered");
	cadre_mailbox_counts(post_box, 0, &c);
	is_u64(c.late, 1, "too late, which is counted");
	is_int(post_answers, 6, "and told to nobody");
	is_int(cadre_mailbox_reply(post_box, &nobody, 1, NULL, 0), -EINVAL,
	    "who has asked nothing is not answered");
	ok(post_stop(), "it ends");
	return done_testing();
}
