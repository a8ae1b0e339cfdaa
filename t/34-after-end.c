/* t/34-after-end: a handler may stop its master, which keeps the counts, and sends nothing more */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>

#include "t/lib/post.h"
#include "t/lib/probe.h"
#include "t/lib/tap.h"

static struct cadre_master *m;
static int stopped = 1;

static int
serve(struct cadre_worker *w, void *arg)
{
	struct cadre_mailbox *mb = cadre_worker_mailbox(w);

	for (uint32_t type = 1; type <= 3; type++)
		(void)cadre_mailbox_send(mb, CADRE_MASTER, type, "bytes", 5);
	return app_idle(w, arg);
}

static void
stop(struct cadre_mailbox *mb, struct cadre_message *message, void *arg)
{
	(void)mb;
	(void)message;
	(void)arg;
	stopped = cadre_master_stop(m, CADRE_STOP_GRACEFUL);
}

static void
run(struct cadre_mailbox *mb)
{
	struct cadre_mailbox_counts c = { .sent = 99 };

	is_int(cadre_master_run(m), 0, "it runs to its end");
	is_int(stopped, 0, "which a handler has said");
	is_int(cadre_mailbox_counts(mb, CADRE_NO_SEAT, &c), 0, "counts of all");
	is_u64(c.received, 3, "three came");
	is_u64(c.received_bytes, 15, "with their bytes");
	is_u64(c.unwanted, 2, "two for nobody");
	is_u64(c.queued, 0, "and nothing waits");
}

int
main(void)
{
	const char *dir = probe_dir();
	struct cadre_mailbox_counts c;
	struct cadre_mailbox *mb;
	uint32_t seat = 0;

	setenv("CADRE_RUNTIME_DIR", dir, 1);
	if (cadre_master_new("app", &m) < 0 ||
	    cadre_master_workers(m, 1, serve, NULL) < 0)
		bail_out("no master");
	mb = cadre_master_mailbox(m);
	cadre_mailbox_on(mb, 3, stop, NULL);
	run(mb);
	is_int(cadre_mailbox_counts(mb, 0, &c), -ENOENT, "there is no seat");
	is_int(cadre_mailbox_send(mb, 0, 1, NULL, 0), -ENOENT, "to send to");
	is_int(cadre_mailbox_broadcast(mb, &seat, 1, 1, NULL, 0), -ENOENT,
	    "nor one of a list");
	is_int(cadre_mailbox_broadcast(mb, NULL, 0, 1, NULL, 0), -ENOENT,
	    "nor any");
	run(mb);		/* counted anew */
	cadre_master_free(m);
	ok(probe_empty(dir), "nothing is left behind");
	return done_testing();
}
