/* t/34-words: cadre_error() says why a message was refused, and nothing of an error before */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include <cadre/region.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

static void
nothing(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w, (void)mb;
}

static void
says(int err, int want, const char *words)
{
	ok(err == want && strstr(cadre_error(err), words) != NULL, "%d: %s",
	    err, words) || (diag("%d: %s", err, cadre_error(err)), 0);
}

static void
config(struct cadre_master *m, void *arg)
{
	struct cadre_mailbox *mb = cadre_master_mailbox(m);

	(void)arg;
	cadre_master_set(m, CADRE_MESSAGE_BYTES_MAX, 4096);
	cadre_master_set(m, CADRE_MESSAGE_RIGHTS, 0);
	says(cadre_mailbox_send(mb, 0, 1, NULL, 0), -ENOENT, "does not run");
}

int
main(void)
{
	static char bytes[4097];
	struct cadre_sender nobody = { 0, 0, 0 };
	struct cadre_region *r;
	uint32_t seats[] = { 0, 4094 };
	int fd = 0;

	post_start(1, nothing, config);
	/* An error with words of its own, which are not those of the next. */
	is_int(cadre_region_open("no-such-app", &r), -ENOENT, "no such app");
	says(cadre_mailbox_send(post_box, 4095, 1, NULL, 0), -ENOENT,
	    "no seat 4095: they are 0 to");
	says(cadre_mailbox_broadcast(post_box, seats, 2, 1, NULL, 0), -ENOENT,
	    "no seat 4094");
	says(cadre_mailbox_disconnect(post_box, 4093), -ENOENT, "no seat 4093");
	says(cadre_mailbox_send(post_box, 1, 1, NULL, 0), -ENOTCONN,
	    "no worker of seat 1");
	says(cadre_mailbox_send(post_box, 0, 1, bytes, 4097), -EMSGSIZE,
	    "4097 bytes are too many for a message: up to 4096");
	says(cadre_mailbox_send(post_box, CADRE_TYPE_MAX + 1U, 1, NULL, 0),
	    -ENOENT, "no seat");
	says(cadre_mailbox_send(post_box, 0, CADRE_TYPE_MAX + 1U, NULL, 0),
	    -EINVAL, "no type");
	says(cadre_mailbox_send(post_box, CADRE_MASTER, 1, NULL, 0), -EINVAL,
	    "oneself");
	says(cadre_mailbox_send_fds(post_box, 0, 1, NULL, 0, &fd, 1), -EPERM,
	    "CADRE_MESSAGE_RIGHTS");
	says(cadre_mailbox_request(post_box, 0, 1, NULL, 0, 1, NULL, NULL),
	    -EINVAL, "without a function");
	says(cadre_mailbox_reply(post_box, &nobody, 1, NULL, 0), -EINVAL,
	    "no sender of a request");
	ok(post_stop(), "it ends");
	return done_testing();
}
