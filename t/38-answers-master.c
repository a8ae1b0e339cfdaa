/* t/38-answers-master: a master's mailbox refuses what it cannot do, as its manual says */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

static int replies, replied;

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb, (void)reply, (void)arg;
	replied = err;
	replies++;
}

static void
before_the_start(struct cadre_master *m, void *arg)
{
	struct cadre_mailbox *mb = cadre_master_mailbox(m);
	uint32_t seat = 0;

	(void)arg;
	is_int(cadre_mailbox_send(mb, 0, 1, "x", 1), -ENOENT,
	    "before the start there is no seat");
	is_int(cadre_mailbox_broadcast(mb, &seat, 1, 1, "x", 1), -ENOENT,
	    "nor several");
	is_int(cadre_mailbox_request(mb, 0, 1, NULL, 0, 10, on_reply, NULL),
	    -ENOENT, "nor anybody to be asked");
	is_int(cadre_mailbox_disconnect(mb, 0), -ENOENT, "nor a channel");
	cadre_master_set(m, CADRE_MAX_WORKERS, 2);
}

static void
deaf(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w, (void)mb;
}

int
main(void)
{
	const struct cadre_sender nobody = { .seat = 0 };
	const struct cadre_sender gone = { .seat = 0, .id = 1,
	    .generation = 77 };
	struct cadre_mailbox_counts c;
	int fds[CADRE_MESSAGE_FDS + 1] = { -1 };

	post_start(1, deaf, before_the_start);
#define SAYS(call, want, what)	is_int(cadre_mailbox_ ## call, want, what)
	SAYS(send(post_box, 1, 1, "x", 1), -ENOTCONN, "a seat without worker");
	SAYS(send(post_box, 2, 1, "x", 1), -ENOENT, "a seat that is not");
	SAYS(send(post_box, CADRE_MASTER, 1, "x", 1), -EINVAL, "oneself");
	SAYS(send(post_box, 0, CADRE_TYPE_MAX + 1U, "x", 1), -EINVAL, "a type");
	SAYS(send_fds(post_box, 0, 1, "x", 1, fds, CADRE_MESSAGE_FDS + 1),
	    -EINVAL, "too many descriptors");
	SAYS(send_fds(post_box, 0, 1, "x", 1, fds, 1), -EBADF, "a closed one");
	SAYS(on(post_box, CADRE_TYPE_MAX + 1U, NULL, NULL), -EINVAL, "a type");
	SAYS(request(post_box, 0, 1, "x", 1, 10, NULL, NULL), -EINVAL,
	    "a request without a function");
	SAYS(request(post_box, 1, 1, "x", 1, 10, on_reply, NULL), -ENOTCONN,
	    "a request to a seat without worker");
	SAYS(reply(post_box, &nobody, 1, "x", 1), -EINVAL, "no request");
	SAYS(reply(post_box, &gone, 1, "x", 1), -ENOTCONN, "who asked is gone");
	SAYS(reply_error(post_box, &gone, 5), -EINVAL, "no error");
	SAYS(disconnect(post_box, 1), -ENOTCONN, "no channel to end");
	SAYS(counts(post_box, 2, &c), -ENOENT, "counts of no seat");
	SAYS(broadcast(post_box, (const uint32_t[]){ 0, 1 }, 2, 1, "x", 1), 1,
	    "of two seats one is reached");
	SAYS(counts(post_box, 1, &c), 0, "and of the other");
	is_u64(c.unreachable, 1, "it is counted");
	is_int(replies, 0, "no function was called");
	ok(cadre_mailbox_request(post_box, 0, 1, "x", 1, -1, on_reply, NULL) >=
	    0 && post_counted(&replies, 1) && replied == -ENOSYS,
	    "who has no function for it says so");
	ok(post_stop(), "it ends");
	return done_testing();
}
