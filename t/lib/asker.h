/* SPDX-License-Identifier: BSD-2-Clause */
/* The worker of seat 0 asks another as it is told, and tells what it heard. */
#ifndef T_ASKER_H
#define T_ASKER_H

#include "t/lib/post.h"

enum { ASKER_ECHOED = 1, ASKER_SILENT, ASKER_UNKNOWN };

struct asker_heard {		/* when all that it had asked was answered */
	int	answers;
	int	replies;	/* with the bytes that were sent */
	int	first, last;	/* 0 or -errno */
};
extern struct asker_heard asker_heard;
extern int asker_times;		/* it was told to the master */
extern int asker_silent;	/* requests that others keep to themselves */

void	asker_start(int workers, app_config_fn *config);
bool	asker_ask(uint32_t seat, uint32_t type, uint32_t times);
	/* Seat 0 shall ask that seat so often. */

#endif
