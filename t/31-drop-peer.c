/* t/31-drop-peer: a worker that does not read is disconnected, counted and told of, once, and the others go on */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define MESSAGES	2000

static int came, ended;
static char why[300];

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, CADRE_TYPE_ANY, post_echo, NULL);
}

static void
on_event(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	if (e->kind == CADRE_EVENT_BAD_FRAME && e->seat == 0)
		cadre_event_text(e, why, sizeof(why));
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_on_event(m, on_event, NULL);
	if (cadre_master_set(m, CADRE_MESSAGE_QUEUE, 16) < 0 ||
	    cadre_master_set(m, CADRE_MESSAGE_POLICY, CADRE_DROP_PEER) < 0)
		exit(99);
}

static void
on_disconnect(struct cadre_mailbox *mb, uint32_t seat, uint64_t generation,
    void *arg)
{
	(void)mb;
	(void)arg;
	ended += seat == 0 && generation == 1;
}

int
main(void)
{
	struct cadre_mailbox_counts c = { .sent = 0 };
	int err = 0;

	post_start(2, set_up, config);
	cadre_mailbox_on(post_box, 1, post_count, &came);
	cadre_mailbox_on_disconnect(post_box, on_disconnect, NULL);
	ok(post_signal(0, SIGSTOP), "a worker is stopped");
	for (int i = 0; i < MESSAGES && err >= 0; i++)
		err = cadre_mailbox_send(post_box, 0, 2, NULL, 0);
	is_int(err, -ENOTCONN, "one message too many ends its channel");
	cadre_mailbox_counts(post_box, 0, &c);
	is_u64(c.disconnected, 1, "which is counted");
	is_u64(c.queued + c.queued_bytes, 0, "nothing waits for it");
	ok(!cadre_mailbox_is_connected(post_box, 0), "it is not connected");
	is_int(ended, 0, "no function is called from in there");
	ok(post_counted(&ended, 1), "but from the loop");
	ok(strstr(why, "more waits for it than may") != NULL, "told: %s", why);
	ok(cadre_mailbox_send(post_box, 1, 1, NULL, 0) == 0 &&
	    post_counted(&came, 1), "the other is there");
	ok(post_signal(0, SIGCONT) && post_up(0, 1), "it leaves; another comes");
	is_int(ended, 1, "its end was told once");
	ok(post_stop(), "it ends");
	return done_testing();
}
