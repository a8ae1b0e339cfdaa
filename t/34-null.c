/* t/34-null: NULL in the place of bytes, descriptors or whom to answer is an error, in each call */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w, (void)mb;
}

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb, (void)err, (void)reply, (void)arg;
}

int
main(void)
{
	const struct cadre_sender to = { .seat = 0, .id = 1, .generation = 1 };

	post_start(1, set_up, NULL);
#define SAYS(call, what)						\
	is_int(cadre_mailbox_ ## call, -EINVAL, what)
	SAYS(send(post_box, 0, 1, NULL, 1), "a message of no bytes");
	SAYS(send(post_box, 0, 1, NULL, 70000), "a long one");
	SAYS(send_fds(post_box, 0, 1, "x", 1, NULL, 1), "of no descriptors");
	SAYS(broadcast(post_box, NULL, 0, 1, NULL, 1), "a broadcast");
	SAYS(request(post_box, 0, 1, NULL, 1, -1, on_reply, NULL), "a request");
	SAYS(reply(post_box, &to, 1, NULL, 1), "a reply");
	SAYS(reply_fds(post_box, &to, 1, "x", 1, NULL, 2), "with descriptors");
	SAYS(reply(post_box, NULL, 1, "x", 1), "a reply to nobody");
	SAYS(reply_fds(post_box, NULL, 1, "x", 1, NULL, 0), "the same");
	SAYS(reply_error(post_box, NULL, -EIO), "an error for nobody");
	ok(cadre_mailbox_send(post_box, 0, 1, NULL, 0) >= 0 &&
	    cadre_mailbox_send_fds(post_box, 0, 1, NULL, 0, NULL, 0) >= 0,
	    "where there is nothing, NULL is right");
	ok(post_stop(), "it ends");
	return done_testing();
}
