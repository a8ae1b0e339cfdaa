/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The observer of a siege, and its client: it asks for answers, knows how many
 * each seat gave, and compares what the region says of them. Now and then it
 * kills the hostile worker.
 */
#ifndef T_WITNESS_H
#define T_WITNESS_H

#include <stdint.h>

#include "t/hostile/siege.h"

struct cadre_region;

struct witness {
	struct siege	*siege;
	struct cadre_region *region;	/* of this cycle, or NULL */
	unsigned int	cycle, cycles;
	unsigned int	port;
	uint64_t	answers[SIEGE_SEATS];	/* in this cycle */
	uint64_t	lost;		/* asked, and no answer came */
	uint64_t	next_kill_ns;
	/* over all cycles */
	unsigned int	kills;
	uint64_t	answered, unanswered;
	uint64_t	wrong;		/* figures of the other seats */
	uint64_t	looks[SIEGE_SEATS];	/* while it was up */
	uint64_t	marked[SIEGE_SEATS];	/* and its view was doubtful */
	uint64_t	odd;		/* totals not the sum of seats, … */
};

void	witness_look(struct witness *);
	/* One request, one look. Some milliseconds, 100 at most. */
void	witness_close(struct witness *);
void	witness_tell(const struct witness *);
	/* What it saw, as results of the test. */

#endif
