/* t/34-answers-master: a master's mailbox refuses what it cannot do, as its manual says */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define SAYS(call, want, what)	is_int(cadre_mailbox_ ## call, want, what)

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
	is_int(cadre_master_set(m, CADRE_MESSAGE_QUEUE, 0), -EINVAL, "room");
	is_int(cadre_master_set(m, CADRE_MESSAGE_POLICY, 3), -EINVAL, "policy");
	is_int(cadre_master_set(m, CADRE_MESSAGE_RIGHTS, 2), -EINVAL, "rights");
	SAYS(send(mb, 0, 1, "x", 1), -ENOENT, "before the start: no seat");
	SAYS(broadcast(mb, &seat, 1, 1, "x", 1), -ENOENT, "nor several");
	SAYS(broadcast(mb, NULL, 0, 1, "x", 1), -ENOENT, "nor anybody");
	SAYS(request(mb, 0, 1, "x", 1, 10, on_reply, NULL), -ENOENT, "to ask");
	SAYS(disconnect(mb, 0), -ENOENT, "nor a channel");
	SAYS(is_connected(mb, 0), false, "nor is one connected");
	SAYS(on(mb, 1, post_count, &mb), 0, "but a function may be set");
	SAYS(on(mb, 1, NULL, NULL), 0, "and taken back");
	cadre_master_set(m, CADRE_MESSAGE_BYTES_MAX, 4096);
	cadre_master_set(m, CADRE_MAX_WORKERS, 2);
}

static void
deaf(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w, (void)mb;
}

/* What is no request, or nobody's any more. */
static void
answers(void)
{
	const struct cadre_sender none = { .seat = 0 }, gone = { .seat = 0,
	    .id = 1, .generation = 77 }, self = { CADRE_MASTER, 1, 1 };

	SAYS(reply(post_box, &none, 1, "x", 1), -EINVAL, "no request");
	SAYS(reply(post_box, &self, 1, "x", 1), -EINVAL, "its own");
	SAYS(reply(post_box, &gone, 1, "x", 1), -ENOTCONN, "who asked is gone");
	SAYS(reply_fds(post_box, &gone, 1, "x", 1, (int[]){ 0 }, 1), -ENOTCONN,
	    "with a descriptor, too");
	SAYS(reply_error(post_box, &gone, 5), -EINVAL, "5 is no error");
	SAYS(reply_error(post_box, &gone, 0), -EINVAL, "nor is 0");
	SAYS(reply_error(post_box, &gone, -4096), -EINVAL, "nor -4096");
	SAYS(reply_error(post_box, &gone, -4095), -ENOTCONN, "-4095 is one");
}

int
main(void)
{
	int fds[CADRE_MESSAGE_FDS + 1] = { -1 };
	struct cadre_mailbox_counts c;
	static char bytes[4097];

	post_start(1, deaf, before_the_start);
	SAYS(send(post_box, 1, 1, "x", 1), -ENOTCONN, "a seat without worker");
	SAYS(send(post_box, 2, 1, "x", 1), -ENOENT, "a seat that is not");
	SAYS(send(post_box, CADRE_MASTER, 1, "x", 1), -EINVAL, "oneself");
	SAYS(send(post_box, 0, CADRE_TYPE_MAX + 1U, "x", 1), -EINVAL, "a type");
	SAYS(send(post_box, 0, 1, bytes, 4097), -EMSGSIZE, "too long");
	SAYS(send_fds(post_box, 0, 1, "x", 1, fds, CADRE_MESSAGE_FDS + 1),
	    -EINVAL, "too many descriptors");
	SAYS(send_fds(post_box, 0, 1, "x", 1, fds, 1), -EBADF, "a closed one");
	SAYS(on(post_box, CADRE_TYPE_MAX + 1U, NULL, NULL), -EINVAL, "a type");
	SAYS(on(post_box, 77, NULL, NULL), 0, "to set none of none");
	SAYS(request(post_box, 0, 1, "x", 1, 10, NULL, NULL), -EINVAL,
	    "a request without a function");
	SAYS(request(post_box, 1, 1, "x", 1, 10, on_reply, NULL), -ENOTCONN,
	    "a request to a seat without worker");
	answers();
	SAYS(disconnect(post_box, 1), -ENOTCONN, "no channel to end");
	SAYS(disconnect(post_box, 9999), -ENOENT, "no seat");
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
