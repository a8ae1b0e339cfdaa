/* t/34-wrong-calls: what cannot be is refused, with the error that is written down */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define REPORT	1

static const char *const names[] = { "on", "on_disconnect", "send",
	"broadcast", "request", "reply", "disconnect", "counts", "worker: a "
	"seat as peer", "worker: to end another's channel", "worker: too long",
	"worker: type" };
enum { CALLS = sizeof(names) / sizeof(names[0]), OF_MASTER = 8 };

static int given[CALLS], got;

static void
on_reply(struct cadre_mailbox *mb, int err, struct cadre_message *reply,
    void *arg)
{
	(void)mb;
	(void)err;
	(void)reply;
	(void)arg;
}

/* The master's mailbox is none in a worker. */
static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	struct cadre_sender asker = { CADRE_MASTER, 1, 0 };
	struct cadre_mailbox_counts c;
	const int all[CALLS] = {
		cadre_mailbox_on(post_box, 1, NULL, NULL),
		cadre_mailbox_on_disconnect(post_box, NULL, NULL),
		cadre_mailbox_send(post_box, 0, 1, NULL, 0),
		cadre_mailbox_broadcast(post_box, NULL, 0, 1, NULL, 0),
		cadre_mailbox_request(post_box, 0, 1, NULL, 0, 1, on_reply,
		    NULL),
		cadre_mailbox_reply(post_box, &asker, 1, NULL, 0),
		cadre_mailbox_disconnect(post_box, 0),
		cadre_mailbox_counts(post_box, 0, &c),
		cadre_mailbox_counts(mb, 0, &c),
		cadre_mailbox_disconnect(mb, 0),
		cadre_mailbox_send(mb, CADRE_MASTER, 1, given, 4097),
		cadre_mailbox_send(mb, CADRE_MASTER, CADRE_TYPE_ANY, NULL, 0),
	};

	if (cadre_worker_seat(w) == 0 &&
	    !cadre_mailbox_is_connected(post_box, 0) &&
	    !cadre_mailbox_is_connected(mb, 0) &&
	    cadre_mailbox_is_connected(mb, CADRE_MASTER))
		(void)cadre_mailbox_send(mb, CADRE_MASTER, REPORT, all,
		    sizeof(all));
}

static void
on_report(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)arg;
	memcpy(given, message->bytes, sizeof(given));
	got++;
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MESSAGE_BYTES_MAX, 4096) < 0 ||
	    cadre_master_set(m, CADRE_MESSAGE_QUEUE, 0) != -EINVAL ||
	    cadre_master_set(m, CADRE_MESSAGE_POLICY, 3) != -EINVAL ||
	    cadre_master_set(m, CADRE_MESSAGE_RIGHTS, 2) != -EINVAL)
		exit(99);
	is_int(cadre_mailbox_send(post_box, 0, 1, NULL, 0), -ENOENT,
	    "before the start there is no seat");
	is_int(cadre_mailbox_broadcast(post_box, NULL, 0, 1, NULL, 0),
	    -ENOENT, "nor anybody to send to");
	ok(!cadre_mailbox_is_connected(post_box, 0), "nor is one connected");
	is_int(cadre_mailbox_on(post_box, REPORT, on_report, NULL), 0,
	    "but a function may be set");
}

int
main(void)
{
	static const int want[CALLS - OF_MASTER] = { -ENOENT, -EINVAL,
	    -EMSGSIZE, -EINVAL };
	struct cadre_sender master = { CADRE_MASTER, 1, 0 };
	static char bytes[4097];

	post_start(1, set_up, config);
	ok(post_counted(&got, 1), "a worker has tried");
	for (int i = 0; i < OF_MASTER; i++)
		is_int(given[i], -EPERM, "%s, of the master's: EPERM", names[i]);
	for (int i = OF_MASTER; i < CALLS; i++)
		is_int(given[i], want[i - OF_MASTER], "%s", names[i]);
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
	ok(post_stop(), "it ends");
	return done_testing();
}
