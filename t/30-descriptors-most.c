/* t/30-descriptors-most: so many descriptors may go with a message, and those that nobody takes are closed */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <unistd.h>

#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

enum { LEAVES = 1, TOLD, NOBODYS };

static int fds_there;

/* None is taken: the next message tells what that leaves. */
static void
leave(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	int fds = probe_fds(0) - (int)message->nfds;

	(void)arg;
	(void)cadre_mailbox_send(mb, CADRE_MASTER, TOLD, &fds, sizeof(fds));
}

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, LEAVES, leave, NULL);
}

static void
on_told(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	++*(int *)arg;
	fds_there = *(const int *)message->bytes;
}

int
main(void)
{
	int most[CADRE_MESSAGE_FDS + 1], before, first, told = 0, closed = -1;

	post_start(1, set_up, NULL);
	cadre_mailbox_on(post_box, TOLD, on_told, &told);
	for (unsigned int i = 0; i < CADRE_MESSAGE_FDS + 1; i++)
		most[i] = STDERR_FILENO;
	before = probe_fds(0);
	is_int(cadre_mailbox_send_fds(post_box, 0, LEAVES, NULL, 0, most,
	    CADRE_MESSAGE_FDS + 1), -EINVAL, "one too many is refused");
	is_int(cadre_mailbox_send_fds(post_box, 0, LEAVES, NULL, 0, &closed, 1),
	    -EBADF, "one that is closed is refused");
	is_int(cadre_mailbox_send(post_box, 0, LEAVES, NULL, 0), 0, "none");
	ok(post_counted(&told, 1), "comes");
	first = fds_there;
	for (int i = 1; i <= 5; i++)
		ok(cadre_mailbox_send_fds(post_box, 0, LEAVES, NULL, 0, most,
		    CADRE_MESSAGE_FDS) >= 0 && post_counted(&told, 1 + i),
		    "as many as there may be come");
	is_int(fds_there, first, "those that were not taken are closed");
	ok(cadre_mailbox_send_fds(post_box, 0, NOBODYS, NULL, 0, most, 9) >= 0
	    && cadre_mailbox_send(post_box, 0, LEAVES, NULL, 0) >= 0 &&
	    post_counted(&told, 7), "and of a message that nobody wants");
	is_int(fds_there, first, "as well");
	is_int(probe_fds(0), before, "nor is one left here");
	ok(post_stop(), "it ends");
	return done_testing();
}
