/* SPDX-License-Identifier: BSD-2-Clause */
/* When a dead worker's successor may be forked. */
#ifndef RUNTIME_BACKOFF_H
#define RUNTIME_BACKOFF_H

#include <stdint.h>

struct budget {			/* of early respawns, one for the whole app */
	uint64_t	tokens_ns;	/* full tokens * refill_ns, and a rest */
	uint64_t	refill_ns;	/* one token takes this long */
	uint64_t	full_ns;
	uint64_t	at_ns;
};

void	 budget_init(struct budget *, unsigned int workers, uint64_t now_ns);
uint64_t budget_take(struct budget *, uint64_t now_ns);
	/* Take a token, on credit if need be: how long to wait for it, ns. */
uint64_t backoff_delay_ns(unsigned int tries, uint64_t first_ns,
	    uint64_t max_ns);
	/* first * 2^(tries - 1), at most max, ± 25 % of jitter. */

#endif
