/* t/34-program: a program has its mailbox when it attaches, one that does not use libcadre never has */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "t/lib/exec.h"
#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static char bytes[200000];
static int answered, right;

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb;
	(void)arg;
	right += err == 0 && reply->n == sizeof(bytes) &&
	    memcmp(reply->bytes, bytes, sizeof(bytes)) == 0;
	answered++;
}

/* Nobody may be sent anything before that. */
static bool
is_connected(void *arg)
{
	uint32_t seat = *(uint32_t *)arg;
	bool connected = cadre_mailbox_is_connected(post_box, seat);

	if (!connected && cadre_mailbox_send(post_box, seat, 1, NULL, 0) !=
	    -ENOTCONN)
		bail_out("sent to seat %u, which is not connected", seat);
	return connected;
}

static void
ask(uint32_t seat)
{
	int before = answered;

	ok(post_until(is_connected, &seat), "seat %u is connected", seat);
	ok(cadre_mailbox_request(post_box, seat, 1, bytes, sizeof(bytes), -1,
	    on_reply, NULL) >= 0 && post_counted(&answered, before + 1) &&
	    right == answered, "and answers");
}

int
main(void)
{
	struct cadre_mailbox_counts c = { .sent = 0 };
	int fds = probe_fds(0);

	memset(bytes, 'p', sizeof(bytes));
	post_start_exec(2, "talks");
	ask(0);
	ask(1);
	is_int(cadre_mailbox_broadcast(post_box, NULL, 0, 1, bytes, 5), 2,
	    "a broadcast reaches both");
	cadre_mailbox_counts(post_box, 0, &c);
	is_u64(c.sent, 2, "two were sent to each");
	is_u64(c.bad, 0, "no frame was wrong");
	ok(post_stop(), "it ends");
	post_start_exec(1, "plain");
	ok(!cadre_mailbox_is_connected(post_box, 0), "another program is not");
	is_int(cadre_mailbox_send(post_box, 0, 1, bytes, 5), -ENOTCONN,
	    "nothing can be sent to it");
	is_int(cadre_mailbox_broadcast(post_box, NULL, 0, 1, bytes, 5), 0,
	    "nor is it one of all");
	ok(post_stop(), "it ends");
	is_int(probe_fds(0), fds, "no descriptor is left");
	return done_testing();
}
