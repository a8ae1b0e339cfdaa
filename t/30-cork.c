/* t/30-cork: corked messages of mixed lengths come in their order, both ways at once, and not before the end of the turn */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/flow.h"
#include "t/lib/tap.h"

/* Most are short enough to go together; some are not, or longer than a frame. */
static size_t
length_of(uint32_t i)
{
	return i % 500 == 499 ? 70000 + i % 1000 : i % 50 == 49 ?
	    65536 - i % 100 : 8 + i * 131 % 600;
}

int
main(void)
{
	static const struct flow mixed = { 10000, length_of, 0, true };
	struct cadre_mailbox_counts c = { .queued = 0 };

	ok(flow_run(&mixed), "all have come, both ways");
	is_int(flow_bad(CADRE_MASTER), 0, "to the master: in order, each whole");
	is_int(flow_bad(0), 0, "to the worker: in order, each whole");
	is_int(cadre_mailbox_cork(post_box), 0, "corked");
	is_int(cadre_mailbox_cork(post_box), 0, "twice: they do not nest");
	for (int i = 0; i < 3; i++)
		is_int(cadre_mailbox_send(post_box, 0, 77, "", 0), 1,
		    "one waits");
	cadre_mailbox_counts(post_box, 0, &c);
	is_u64(c.queued, 3, "three are queued");
	is_int(cadre_mailbox_uncork(post_box), 0, "uncorked: they go");
	cadre_mailbox_counts(post_box, 0, &c);
	is_u64(c.queued, 0, "none is queued");
	is_int(cadre_mailbox_uncork(post_box), 0, "that once more does nothing");
	cadre_mailbox_cork(post_box);
	is_int(cadre_mailbox_send(post_box, 0, 77, "", 0), 1, "another waits");
	is_int(cadre_master_dispatch(post_master), 1, "a turn");
	cadre_mailbox_counts(post_box, 0, &c);
	is_u64(c.queued, 0, "at its end it has gone");
	is_int(cadre_mailbox_send(post_box, 0, 77, "", 0), 0, "and corked "
	    "is nothing any more");
	ok(post_stop(), "it ends");
	return done_testing();
}
