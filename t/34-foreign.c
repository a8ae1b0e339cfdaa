/* t/34-foreign: the master's mailbox is none in a worker, whose own refuses what cannot be */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define REPORT	1

static const char *const names[] = { "on", "on_disconnect", "send",
	"broadcast", "request", "reply", "disconnect", "counts",
	"counts of a seat", "the end of another's channel", "too long",
	"no type", "to oneself", "no seat", "no function for it" };
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

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	static char bytes[(16 << 20) + 1];
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
		cadre_mailbox_send(mb, CADRE_MASTER, 1, bytes, sizeof(bytes)),
		cadre_mailbox_send(mb, CADRE_MASTER, CADRE_TYPE_ANY, NULL, 0),
		cadre_mailbox_send(mb, 0, 1, NULL, 0),
		cadre_mailbox_send(mb, 4000, 1, NULL, 0),
		cadre_mailbox_request(mb, CADRE_MASTER, 1, NULL, 0, 1, NULL,
		    NULL),
	};

	(void)w;
	if (!cadre_mailbox_is_connected(post_box, 0) &&
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
	cadre_mailbox_on(cadre_master_mailbox(m), REPORT, on_report, NULL);
}

int
main(void)
{
	static const int want[CALLS - OF_MASTER] = { -ENOENT, -EINVAL,
	    -EMSGSIZE, -EINVAL, -EINVAL, -ENOENT, -EINVAL };

	post_start(1, set_up, config);
	ok(post_counted(&got, 1), "a worker has tried");
	for (int i = 0; i < OF_MASTER; i++)
		is_int(given[i], -EPERM, "%s, of the master's: EPERM", names[i]);
	for (int i = OF_MASTER; i < CALLS; i++)
		is_int(given[i], want[i - OF_MASTER], "%s", names[i]);
	ok(post_stop(), "it ends");
	return done_testing();
}
