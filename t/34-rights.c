/* t/34-rights: both sides send descriptors at once, thousands, and neither waits for the other; without the right to, neither can */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "t/lib/flow.h"
#include "t/lib/tap.h"

static size_t
length_of(uint32_t i)
{
	return 8 + i % 8;
}

/* None may be sent then, and long messages go that way too. */
static void
without(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MESSAGE_RIGHTS, 0) < 0)
		exit(99);
}

static void
nothing(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	(void)mb;
}

int
main(void)
{
	static const struct flow marked = { 3000, length_of, 20, false };
	static char bytes[CADRE_MESSAGE_INLINE + 1];
	int one = STDERR_FILENO;

	ok(flow_run(&marked), "all have come, both ways");
	is_int(flow_bad(CADRE_MASTER), 0, "to the master: whole, in order, with "
	    "all their descriptors, none of which is left");
	is_int(flow_bad(0), 0, "to the worker, too");
	ok(post_stop(), "it ends");
	post_start(1, nothing, without);
	is_int(cadre_mailbox_send_fds(post_box, 0, 1, NULL, 0, &one, 1), -EPERM,
	    "without the right to: EPERM");
	is_int(cadre_mailbox_send(post_box, 0, 1, bytes, sizeof(bytes)),
	    -EMSGSIZE, "nor what does not fit a frame");
	is_int(cadre_mailbox_send(post_box, 0, 1, bytes, sizeof(bytes) - 1), 0,
	    "64 KiB do");
	ok(post_stop(), "it ends");
	return done_testing();
}
