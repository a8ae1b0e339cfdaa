/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks at workers and queues: who is stalled, who hangs, what waits. */
#ifndef RUNTIME_STALL_H
#define RUNTIME_STALL_H

#include "runtime/master.h"

int	stall_open(struct cadre_master *, uint64_t now_ns);
	/* Watch the listeners for a first connection. 0 or -errno. */
void	stall_queue(struct cadre_master *, uint32_t index, uint32_t serial,
	    uint32_t events);
	/* A first connection has come: look more often for a while. */
void	stall_look(struct cadre_master *, uint64_t now_ns);
	/* At the time that stall_deadline() gave, or later. */
uint64_t stall_deadline(const struct cadre_master *);
void	stall_stops(struct cadre_master *);
	/* A child was stopped or continued: which? */

#endif
