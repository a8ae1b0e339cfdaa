/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Respawn policy. A seat that fails early waits twice as long each time; the
 * jitter keeps seats that failed together from failing together again. All
 * seats draw on one budget, a token bucket, so that a fault that hits every
 * seat costs no more forks than one that hits a single one.
 */
#include <sys/random.h>

#include "runtime/backoff.h"
#include "shm/clock.h"

#define BUDGET_SPARE	8	/* beyond one early death of every worker */
#define BUDGET_PER_MIN	6	/* at least, however few workers there are */

void
budget_init(struct budget *b, unsigned int workers, uint64_t now_ns)
{
	uint64_t per_min = workers > BUDGET_PER_MIN ? workers : BUDGET_PER_MIN;

	b->refill_ns = 60 * NS_PER_S / per_min;
	b->full_ns = (BUDGET_SPARE + workers) * b->refill_ns;
	b->tokens_ns = b->full_ns;
	b->at_ns = now_ns;
}

uint64_t
budget_take(struct budget *b, uint64_t now_ns)
{
	uint64_t wait_ns = 0;

	if (now_ns > b->at_ns) {
		b->tokens_ns += now_ns - b->at_ns;
		if (b->tokens_ns > b->full_ns)
			b->tokens_ns = b->full_ns;
		b->at_ns = now_ns;
	}
	if (b->tokens_ns >= b->refill_ns) {
		b->tokens_ns -= b->refill_ns;
		return 0;
	}
	/* On credit: at_ns runs ahead to when this token will have come. */
	wait_ns = b->at_ns - now_ns + b->refill_ns - b->tokens_ns;
	b->at_ns = now_ns + wait_ns;
	b->tokens_ns = 0;
	return wait_ns;
}

uint64_t
backoff_delay_ns(unsigned int tries, uint64_t first_ns, uint64_t max_ns)
{
	uint64_t delay_ns = first_ns;
	uint8_t dice = 128;

	for (unsigned int i = 1; i < tries && delay_ns < max_ns; i++)
		delay_ns *= 2;
	if (delay_ns > max_ns)
		delay_ns = max_ns;
	/* No random byte: no jitter. That is no reason to fail. */
	(void)!getrandom(&dice, sizeof(dice), GRND_NONBLOCK);
	return delay_ns - delay_ns / 4 + delay_ns / 512 * dice;
}
