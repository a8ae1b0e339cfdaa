/* t/04-backoff: successors wait longer each time, and all draw on one budget */
/* SPDX-License-Identifier: BSD-2-Clause */
#include "runtime/backoff.h"
#include "shm/clock.h"
#include "t/lib/tap.h"

#define FIRST	(100 * NS_PER_MS)
#define MOST	(1000 * NS_PER_MS)

/* Within a quarter of what it would be without jitter. */
static void
delay(unsigned int tries, uint64_t usual)
{
	uint64_t least = UINT64_MAX, most = 0, ns;

	for (int i = 0; i < 1000; i++) {
		ns = backoff_delay_ns(tries, FIRST, MOST);
		least = ns < least ? ns : least;
		most = ns > most ? ns : most;
	}
	ok(least >= usual - usual / 4 && most <= usual + usual / 4 &&
	    least < most, "try %u waits %.0f to %.0f ms", tries,
	    (double)least / 1e6, (double)most / 1e6);
}

int
main(void)
{
	uint64_t now_ns = 5 * NS_PER_S, wait_ns, before_ns = 0;
	struct budget b;
	int n;

	delay(0, FIRST);
	delay(1, FIRST);
	delay(2, 2 * FIRST);
	delay(4, 8 * FIRST);
	delay(5, MOST);			/* not 16 */
	delay(1000000, MOST);
	ok(backoff_delay_ns(1, 2 * MOST, MOST) <= MOST + MOST / 4,
	    "a first wait over the limit is cut to it");

	/* One worker: 8 + 1 tokens at first, then 6 a minute. */
	budget_init(&b, 1, now_ns);
	for (n = 0; (wait_ns = budget_take(&b, now_ns)) == 0; n++)
		;
	is_int(n, 9, "so many come at once");
	is_u64(wait_ns, 10 * NS_PER_S, "the next has to wait for its token");
	before_ns = wait_ns;
	for (n = 2; n < 5; n++, before_ns = wait_ns) {
		wait_ns = budget_take(&b, now_ns);
		is_u64(wait_ns - before_ns, 10 * NS_PER_S, "one behind it too");
	}
	is_u64(budget_take(&b, now_ns + before_ns + 10 * NS_PER_S), 0,
	    "when those have come, there is one again");
	for (n = 0; budget_take(&b, now_ns + 3600 * NS_PER_S) == 0; n++)
		;
	is_int(n, 9, "what is not used for an hour is not saved");
	budget_init(&b, 60, now_ns);
	for (n = 0; (wait_ns = budget_take(&b, now_ns)) == 0; n++)
		;
	is_int(n, 68, "more workers may die at once");
	is_u64(wait_ns, NS_PER_S, "and come back sooner");
	return done_testing();
}
