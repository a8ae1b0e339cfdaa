/* t/33-relay-full: who asks a worker that stands still learns of each request that there was no room, or that it is gone */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "t/lib/asker.h"
#include "t/lib/tap.h"

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MESSAGE_QUEUE, 16) < 0 ||
	    cadre_master_set(m, CADRE_MESSAGE_REQUESTS, 3000) < 0)
		exit(99);
}

/* Ever more, each time that the last have been handed on. */
static bool
is_full(void *arg)
{
	struct cadre_mailbox_counts c[2];
	uint64_t *handed = arg;

	cadre_mailbox_counts(post_box, 0, &c[0]);
	cadre_mailbox_counts(post_box, 1, &c[1]);
	if (c[0].received >= *handed && c[1].dropped_newest == 0) {
		*handed = c[0].received + 10;
		(void)asker_ask(1, ASKER_SILENT, 10);
	}
	return c[1].dropped_newest > 0;
}

int
main(void)
{
	uint64_t handed = 0;

	asker_start(2, config);
	ok(post_signal(1, SIGSTOP), "seat 1 is stopped");
	ok(post_until(is_full, &handed), "seat 0 asks it until it is full");
	is_int(asker_times, 0, "most of that is not answered yet");
	ok(post_signal(1, SIGKILL) && post_counted(&asker_times, 1),
	    "it is killed: then all is");
	ok(asker_heard.answers >= 16 && asker_heard.replies == 0,
	    "all %d", asker_heard.answers);
	is_int(asker_heard.first, -ENOBUFS, "first of those without room");
	is_int(asker_heard.last, -ENOTCONN, "at last of those that it had");
	ok(post_up(1, 2) && asker_ask(1, ASKER_ECHOED, 1) &&
	    post_counted(&asker_times, 2) && asker_heard.replies == 1,
	    "the next one is asked as if nothing had been");
	ok(post_stop(), "it ends");
	return done_testing();
}
