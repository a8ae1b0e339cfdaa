/* SPDX-License-Identifier: BSD-2-Clause */
/* Which seat a desk picks for the next connection. In a read-side section. */
#ifndef RUNTIME_PICK_H
#define RUNTIME_PICK_H

#include "runtime/desk.h"
#include "shm/clock.h"

#define PICK_ALL	8	/* so many seats are all looked at; of more, 2 */
#define PICK_SLOW_NS	NS_PER_MS	/* a turn that takes long */

enum { PICK_ROOM = -1, PICK_LIMIT = -2 };

int	pick(struct desk *, const struct routes *);
	/*
	 * In turn, or by load. A seat; PICK_ROOM: nobody has room now;
	 * PICK_LIMIT: all are at a limit, or the app is.
	 */
int64_t	pick_load(const struct desk *, const struct routes *,
	    unsigned int seat);
	/* Connections that it has not finished, and those not yet picked up. */
uint64_t pick_turn_ns(const struct desk *, const struct routes *,
	    unsigned int seat);
	/* How long its turn has taken by now; 0: it waits for events. */
bool	pick_has_room(struct desk *, const struct routes *,
	    unsigned int seat);
bool	pick_under_limit(const struct desk *, const struct routes *,
	    unsigned int seat);
bool	pick_app_is_full(const struct desk *, const struct routes *);

#endif
