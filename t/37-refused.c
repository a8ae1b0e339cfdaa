/* t/37-refused: what cannot be published to all it is for is published to none, and a master's own news wait within the bounds of a queue */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/gazette.h"
#include "t/lib/tap.h"

#define LONGEST	1000		/* message */
#define QUEUE	3
#define LONG	2000

static struct gazette_tally master;

static void
small(struct cadre_master *m, void *arg)
{
	(void)arg;
	if (cadre_master_set(m, CADRE_MESSAGE_BYTES_MAX, LONGEST) < 0 ||
	    cadre_master_set(m, CADRE_MESSAGE_QUEUE, QUEUE) < 0 ||
	    cadre_master_set(m, CADRE_MESSAGE_QUEUE_BYTES, 4096) < 0)
		bail_out("%s", cadre_error(-EINVAL));
}

static int
publish(enum cadre_scope scope, size_t n)
{
	static uint64_t piece[GAZETTE_BYTES / 8 + 8], number;

	n = gazette_write(piece, ++number, CADRE_MASTER, n);
	return cadre_mailbox_publish(post_box, "news", piece, n, scope);
}

static bool
has_all(void *arg)
{
	return master.calls >= *(uint64_t *)arg;
}

static void
own(void)
{
	struct cadre_topic_counts c = { .published = 0 };
	uint64_t want = QUEUE;

	is_int(publish(CADRE_SCOPE_ALL, LONG), -EMSGSIZE, "nor by the master");
	for (int i = 0; i < QUEUE; i++)
		is_int(publish(CADRE_SCOPE_MASTER, 8), 0, "one of its own");
	is_int(publish(CADRE_SCOPE_MASTER, 8), -ENOBUFS, "one too many");
	cadre_mailbox_topic_counts(post_box, &c);
	is_u64(c.published, QUEUE, "what was refused does not count");
	ok(post_until(has_all, &want), "those come");
	is_int(publish(CADRE_SCOPE_MASTER, 3000), 0, "there is room again");
	is_int(publish(CADRE_SCOPE_MASTER, 3000), -ENOBUFS, "not for so long");
	want++;
	ok(post_until(has_all, &want), "that comes");
	is_u64(master.calls, want, "and nothing else");
}

int
main(void)
{
	struct gazette_tally t = { .calls = 0 };

	post_start(2, gazette_set_up, small);
	is_int(cadre_mailbox_subscribe(post_box, "news", gazette_news,
	    &master), 0, "the master subscribes");
	is_int(gazette_subscribe(1, "news"), 0, "and a worker");
	is_int(gazette_publish(0, "news", CADRE_SCOPE_OTHERS, 1, LONG),
	    -EMSGSIZE, "too long for the master");
	is_int(gazette_publish(0, "news", CADRE_SCOPE_SIBLINGS, 1, LONG), 0,
	    "not for workers");
	gazette_tally(0, &t);
	is_u64(t.counts.published, 1, "one counts");
	own();
	gazette_tally(1, &t);
	is_u64(t.calls, 1, "just that has come to a worker");
	is_u64(t.torn + t.astray + master.torn + master.astray, 0, "whole");
	ok(gazette_stop(), "it ends");
	return done_testing();
}
