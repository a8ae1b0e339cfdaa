/* t/32-requests: a request is answered once: with a reply, an error, or that there is none in time */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

enum { ECHOED = 1, REFUSED, SILENT, LATE, RELEASE, UNKNOWN, DIES };

static int called, errors, last_err;
static char last_bytes[32];
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
	if (message->type == DIES)
		raise(SIGKILL);
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, ECHOED, post_echo, NULL);
	for (uint32_t type = REFUSED; type < UNKNOWN; type++)
		cadre_mailbox_on(mb, type, act, NULL);
	cadre_mailbox_on(mb, DIES, act, NULL);
}

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb;
	last_err = err;
	errors += err < 0;
	if ((err == 0) != (reply != NULL) || arg != &called)
		bail_out("err %d, reply %p", err, (void *)reply);
	if (reply != NULL && reply->n <= sizeof(last_bytes))
		memcpy(last_bytes, reply->bytes, reply->n);
	called++;
}

static int
ask(uint32_t type, int timeout_ms)
{
	int before = called, err;

	err = cadre_mailbox_request(post_box, 0, type, "hello", 6, timeout_ms,
	    on_reply, &called);
	return err < 0 ? err : called != before ? -EALREADY :
	    post_counted(&called, before + 1) ? last_err : -ENODATA;
}

int
main(void)
{
	struct cadre_mailbox_counts c = { .sent = 0 };
	struct cadre_sender nobody = { .seat = 0, .generation = 1 };
	int err = 0, n = 0;

	post_start(1, set_up, NULL);
	is_int(ask(ECHOED, -1), 0, "a request is answered");
	is_str(last_bytes, "hello", "with the bytes of the reply");
	is_int(ask(REFUSED, 20000), -EDOM, "or with the error that was named");
	is_int(ask(UNKNOWN, -1), -ENOSYS, "no function: ENOSYS");
	is_int(ask(SILENT, 20), -ETIMEDOUT, "no answer: ETIMEDOUT");
	is_int(ask(LATE, 0), -ETIMEDOUT, "at once, if it may take no time");
	ok(cadre_mailbox_send(post_box, 0, RELEASE, NULL, 0) >= 0 &&
	    ask(ECHOED, -1) == 0, "now it is answered");
	cadre_mailbox_counts(post_box, 0, &c);
	is_u64(c.late, 1, "too late, which is counted");
	is_int(called, 6, "and told to nobody");
	is_int(cadre_mailbox_reply(post_box, &nobody, 1, NULL, 0), -EINVAL,
	    "who has asked nothing is not answered");
	while ((err = cadre_mailbox_request(post_box, 0, SILENT, NULL, 0, -1,
	    on_reply, &called)) >= 0)
		n++;
	is_int(err, -EAGAIN, "one too many is refused");
	is_int(n, 1024, "more than that are not under way");
	errors = 0;
	ok(post_signal(0, SIGKILL) && post_counted(&called, 6 + n),
	    "the peer is killed");
	is_int(errors, n, "all of them fail");
	is_int(last_err, -ENOTCONN, "as it is gone");
	ok(post_up(0, 1) && ask(DIES, -1) == -ENOTCONN, "or dies of it");
	ok(post_stop(), "it ends");
	return done_testing();
}
