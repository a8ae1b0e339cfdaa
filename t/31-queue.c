/* t/31-queue: what waits for a worker that stands still is bounded, and what is too much is counted */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "t/lib/post.h"
#include "t/lib/tap.h"

#define QUEUE		100
#define QUEUE_BYTES	100000

static char bytes[80000];
static int sent, waits, came;

static void
set_up(struct cadre_worker *w, struct cadre_mailbox *mb)
{
	(void)w;
	cadre_mailbox_on(mb, CADRE_TYPE_ANY, post_echo, NULL);
}

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MESSAGE_QUEUE, QUEUE) < 0 ||
	    cadre_master_set(m, CADRE_MESSAGE_QUEUE_BYTES, QUEUE_BYTES) < 0)
		exit(99);
}

/* Until no more goes; which error that was. */
static int
fill(size_t n)
{
	int err;

	while ((err = cadre_mailbox_send(post_box, 0, 1, bytes, n)) >= 0) {
		sent++;
		waits += err;
	}
	return err;
}

static struct cadre_mailbox_counts
counts(void)
{
	struct cadre_mailbox_counts c = { .sent = 0 };

	cadre_mailbox_counts(post_box, 0, &c);
	return c;
}

/* Then it goes on, and sends back all that was taken, and no more. */
static void
go_on(const char *what)
{
	ok(post_signal(0, SIGCONT) && post_counted(&came, sent),
	    "%s: all that were taken come", what);
	is_u64(counts().queued + counts().queued_bytes, 0, "nothing waits");
}

int
main(void)
{
	post_start(1, set_up, config);
	cadre_mailbox_on(post_box, 1, post_count, &came);
	ok(post_signal(0, SIGSTOP), "a worker is stopped");
	is_int(fill(8), -ENOBUFS, "messages of 8 bytes: it ends");
	is_int(waits, QUEUE, "so many wait");
	is_u64(counts().queued, QUEUE, "the counts say so");
	is_u64(counts().dropped_newest, 1, "one was not taken");
	is_int(fill(0), -ENOBUFS, "nor is an empty one");
	is_u64(counts().dropped_newest, 2, "that is two");
	go_on("8 bytes");
	waits = 0;
	ok(post_signal(0, SIGSTOP), "it is stopped again");
	is_int(fill(20000), -ENOBUFS, "of 20,000 bytes: it ends");
	is_int(waits, QUEUE_BYTES / 20000 - 1, "with the bytes that may wait");
	go_on("20,000 bytes");
	waits = 0;
	ok(post_signal(0, SIGSTOP), "and again");
	is_int(fill(80000), -ENOBUFS, "long ones, in memory: it ends");
	is_int(waits, 1, "the memory counts");
	go_on("80,000 bytes");
	ok(post_stop(), "it ends");
	return done_testing();
}
