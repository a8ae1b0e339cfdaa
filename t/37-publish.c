/* t/37-publish: what a worker publishes comes to all others that subscribe to just that topic, whole, once, in order, among 2 and among 16 */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/lib/gazette.h"
#include "t/lib/tap.h"

#define PIECES	40		/* of each order */
#define ROUNDS	20

/* Every worker publishes to one that all want, and to one that nobody does. */
static void
all_to_all(uint32_t workers)
{
	struct gazette_tally t = { .calls = 0 };
	uint64_t want = (uint64_t)ROUNDS * PIECES, wrong = 0, lost = 0;
	int err = 0;

	post_start((int)workers, gazette_set_up, NULL);
	for (uint32_t i = 0; i < workers; i++)
		err |= gazette_subscribe(i, "news") |
		    gazette_subscribe(i, "newsletter");
	is_int(err, 0, "%u workers subscribe", workers);
	for (uint32_t round = 0; round < ROUNDS; round++)
		for (uint32_t i = 0; i < workers; i++) {
			err |= gazette_publish(i, "news", CADRE_SCOPE_OTHERS,
			    PIECES, 0);
			err |= gazette_publish(i, "new", CADRE_SCOPE_OTHERS, 3,
			    0);
		}
	is_int(err, 0, "and publish");
	for (uint32_t i = 0; i < workers; i++) {
		err |= gazette_tally(i, &t);
		wrong += t.torn + t.astray + t.from[i];
		lost += t.counts.lost;
		for (uint32_t k = 0; k < workers; k++)
			wrong += k != i && t.from[k] != want;
		wrong += t.calls != want * (workers - 1) ||
		    t.counts.received != t.calls ||
		    t.counts.published != want + 3 * ROUNDS;
	}
	is_int(err, 0, "and tell");
	is_u64(wrong, 0, "each has got all of all others, once, whole and in "
	    "order, and nothing else");
	is_u64(lost, 0, "nothing is lost");
	ok(gazette_stop(), "it ends");
}

int
main(void)
{
	all_to_all(2);
	all_to_all(16);
	return done_testing();
}
