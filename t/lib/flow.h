/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * So many messages each way at once, between the test's master and one worker:
 * each side sends as much as goes, and checks what comes: its number, length,
 * bytes and descriptors.
 */
#ifndef T_FLOW_H
#define T_FLOW_H

#include "t/lib/post.h"

struct flow {			/* the same on both sides */
	uint32_t	messages;
	size_t		(*length)(uint32_t number);
	unsigned int	nfds;		/* with each */
	bool		corks;
};

bool	flow_run(const struct flow *);
	/* Start an app, until all have come, and all that waited has gone. */
int	flow_bad(uint32_t seat);
	/*
	 * How many were not as they were sent, to that seat or CADRE_MASTER;
	 * and 1 if more descriptors were open behind the last than before.
	 */

#endif
