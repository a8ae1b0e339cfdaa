/* t/37-loss: what a slow subscriber has lost it counts exactly, and gets the newest */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/gazette.h"
#include "t/lib/tap.h"

#define MANY	50000		/* many times what a ring holds */
#define ROUNDS	4

static void
config(struct cadre_master *m, void *arg)
{
	(void)arg;
	cadre_master_set(m, CADRE_PUBLISH_BYTES, 16384);
}

/* Busy while the first of them are published: then they race. */
static void
round_of(uint32_t scope, uint32_t subscriber, uint32_t first,
    uint64_t *published)
{
	struct gazette_tally t = { .calls = 0 };
	int err = first > 0 ? gazette_hold(subscriber, first) : 0;

	err |= gazette_publish(1, "news", (enum cadre_scope)scope, MANY, 40);
	err |= gazette_publish(1, "news", (enum cadre_scope)scope, 1, 4000);
	*published += MANY + 1;
	err |= gazette_tally(subscriber, &t);
	is_int(err, 0, "published, the subscriber busy for %u", first);
	is_u64(t.counts.received + t.counts.lost, *published, "received + lost "
	    "= published: %llu + %llu", (unsigned long long)t.counts.received,
	    (unsigned long long)t.counts.lost);
	ok(t.torn == 0 && t.astray == 0 && t.counts.lost > 0 && t.calls ==
	    t.counts.received, "some are lost, none is torn");
}

int
main(void)
{
	uint64_t published = 0, own = 0;

	post_start(2, gazette_set_up, config);
	is_int(gazette_subscribe(0, "news"), 0, "it subscribes");
	is_int(gazette_publish(1, "news", CADRE_SCOPE_OTHERS, 1, 4095),
	    -EMSGSIZE, "more than a quarter of a ring: -EMSGSIZE");
	for (uint32_t i = 0; i < ROUNDS; i++)
		round_of(CADRE_SCOPE_OTHERS, 0, MANY / ROUNDS *
		    (ROUNDS - 1 - i), &published);
	is_int(gazette_subscribe(1, "news"), 0, "the publisher, too");
	round_of(CADRE_SCOPE_ALL, 1, 0, &own);
	ok(gazette_stop(), "it ends");
	return done_testing();
}
