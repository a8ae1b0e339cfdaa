/* t/37-scopes: others, all, siblings and the master alone get what is for them, from a worker and from the master */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "t/lib/gazette.h"
#include "t/lib/tap.h"

static struct gazette_tally master;

/* Of each piece: does it come to the publisher, another, the master? */
static const struct row {
	const char	*name;
	enum cadre_scope scope;
	uint64_t	own, other, up;
} rows[] = {
	{ "others", CADRE_SCOPE_OTHERS, 0, 1, 1 },
	{ "all", CADRE_SCOPE_ALL, 1, 1, 1 },
	{ "siblings", CADRE_SCOPE_SIBLINGS, 0, 1, 0 },
	{ "the master", CADRE_SCOPE_MASTER, 0, 0, 1 },
};

static void
from_worker(const struct row *r, uint32_t n, uint32_t bytes)
{
	struct gazette_tally t[2] = { { .calls = 0 } }, now[2];
	uint64_t up = master.calls;

	gazette_tally(0, &t[0]);
	gazette_tally(1, &t[1]);
	is_int(gazette_publish(0, "news", r->scope, n, bytes), 0, "%s, %u of "
	    "%u bytes", r->name, n, bytes);
	gazette_tally(0, &now[0]);
	gazette_tally(1, &now[1]);
	is_u64(now[0].calls - t[0].calls, r->own * n, "to itself");
	is_u64(now[1].calls - t[1].calls, r->other * n, "to another worker");
	is_u64(master.calls - up, r->up * n, "to the master");
	is_u64(now[0].torn + now[1].torn + master.torn + now[0].astray +
	    now[1].astray + master.astray, 0, "all whole, and in order");
}

static bool
has_own(void *arg)
{
	return master.counts.received == *(uint64_t *)arg;
}

static void
from_master(void)
{
	static uint64_t piece[600];
	size_t n = gazette_write(piece, 1, 7, 4000);
	struct gazette_tally t = { .calls = 0 };
	struct cadre_topic_counts c;
	uint64_t calls = master.calls;

	gazette_tally(1, &t);
	for (int i = 0; i < 4; i++)
		is_int(cadre_mailbox_publish(post_box, "news", piece, n,
		    rows[i].scope), 0, "the master: %s", rows[i].name);
	is_u64(master.calls - calls, 0, "nothing comes from within the call");
	calls = t.calls;
	gazette_tally(1, &t);
	is_u64(t.calls - calls, 3, "three to a worker");
	cadre_mailbox_topic_counts(post_box, &c);
	is_u64(c.published, 4, "four counted");
	is_u64(c.received, master.calls, "what it got, too");
}

int
main(void)
{
	uint32_t n = sizeof(rows) / sizeof(rows[0]);
	uint64_t all;

	post_start(3, gazette_set_up, NULL);
	is_int(gazette_subscribe(0, "news"), 0, "two workers subscribe");
	is_int(gazette_subscribe(1, "news"), 0, "of three");
	is_int(gazette_publish(2, "news", CADRE_SCOPE_OTHERS, 5, 10), 0,
	    "the master does not want it yet");
	is_int(cadre_mailbox_subscribe(post_box, "news", gazette_news,
	    &master), 0, "the master");
	is_int(cadre_mailbox_subscribe(post_box, "news", NULL, NULL), -EINVAL,
	    "without a function: -EINVAL");
	is_u64(master.calls, 0, "nothing of before comes to it");
	for (uint32_t i = 0; i < n; i++)
		from_worker(&rows[i], 9, i % 2 == 0 ? 0 : 3000);
	all = master.calls + 2;
	from_master();
	master.counts.received = all;
	ok(post_until(has_own, &all) && master.calls <= all, "and two to "
	    "itself, from the loop");
	is_int(cadre_mailbox_unsubscribe(post_box, "news"), 0, "no longer");
	is_int(cadre_mailbox_unsubscribe(post_box, "news"), -ENOENT, "twice");
	is_int(gazette_publish(0, "news", CADRE_SCOPE_MASTER, 3, 0), 0,
	    "nobody: 0");
	ok(gazette_stop(), "it ends");
	return done_testing();
}
