/* t/34-wrong-calls: what a master cannot send is refused, with the error that is written down */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

static void
nothing(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	(void)mb;
}

static void
config(struct cadre_master *m, void *arg)
{
	struct cadre_mailbox *mb = cadre_master_mailbox(m);

	(void)arg;
	if (cadre_master_set(m, CADRE_MESSAGE_BYTES_MAX, 4096) < 0 ||
	    cadre_master_set(m, CADRE_MESSAGE_QUEUE, 0) != -EINVAL ||
	    cadre_master_set(m, CADRE_MESSAGE_POLICY, 3) != -EINVAL ||
	    cadre_master_set(m, CADRE_MESSAGE_RIGHTS, 2) != -EINVAL)
		exit(99);
	is_int(cadre_mailbox_send(mb, 0, 1, NULL, 0), -ENOENT,
	    "before the start there is no seat");
	is_int(cadre_mailbox_broadcast(mb, NULL, 0, 1, NULL, 0), -ENOENT,
	    "nor anybody to send to");
	ok(!cadre_mailbox_is_connected(mb, 0), "nor is one connected");
	is_int(cadre_mailbox_on(mb, 1, post_count, &mb), 0,
	    "but a function may be set");
	is_int(cadre_mailbox_on(mb, 1, NULL, NULL), 0, "and taken back");
}

int
main(void)
{
	struct cadre_sender master = { CADRE_MASTER, 1, 0 };
	static char bytes[4097];

	post_start(1, nothing, config);
	is_int(cadre_mailbox_send(post_box, 0, 1, bytes, 4097), -EMSGSIZE,
	    "longer than was allowed");
	is_int(cadre_mailbox_send(post_box, CADRE_MASTER, 1, NULL, 0), -EINVAL,
	    "the master, to itself");
	is_int(cadre_mailbox_reply(post_box, &master, 1, NULL, 0), -EINVAL,
	    "an answer to itself");
	is_int(cadre_mailbox_request(post_box, 0, 1, NULL, 0, 1, NULL, NULL),
	    -EINVAL, "a request that nobody waits for");
	is_int(cadre_mailbox_send(post_box, 4095, 1, NULL, 0), -ENOENT,
	    "a seat that there is not");
	is_int(cadre_mailbox_send(post_box, 1, 1, NULL, 0), -ENOTCONN,
	    "a seat without a worker");
	is_int(cadre_mailbox_on(post_box, CADRE_TYPE_MAX + 1U, NULL, NULL),
	    -EINVAL, "no such type");
	is_int(cadre_mailbox_on(post_box, 77, NULL, NULL), 0, "none of none");
	is_int(cadre_mailbox_disconnect(post_box, 9), -ENOTCONN, "no worker");
	is_int(cadre_mailbox_disconnect(post_box, 9999), -ENOENT, "no seat");
	ok(post_stop(), "it ends");
	return done_testing();
}
