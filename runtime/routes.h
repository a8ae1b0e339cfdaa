/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * To whom the acceptor may give: a table that is never changed, only replaced.
 * Its threads read it under liburcu's read lock (memb: a read side of two
 * loads and stores); the control thread publishes a new one, waits until
 * nobody can still see the old one, and frees that.
 */
#ifndef RUNTIME_ROUTES_H
#define RUNTIME_ROUTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shm/frame.h"

struct routes {
	uint64_t	number;		/* of this table; counts from 1 */
	uint32_t	unserved;	/* listeners whose queue nobody serves,
					   a bit each */
	unsigned int	seats;		/* rows, ascending by seat */
	unsigned int	targets;	/* rows that may be given connections */
	unsigned int	*target;	/* their seats, ascending */
	unsigned int	wants;		/* seats that are wanted, … */
	unsigned int	*wanted;	/* … ascending */
	const struct cadre__frame_route *route;
	unsigned int	*slot_of;	/* by seat: of its newest worker */
	bool		*is_target;	/* by seat */
	bool		*is_wanted;
};

int	routes_new(const struct cadre__frame_route *, unsigned int n,
	    unsigned int max_workers, struct routes **ret_routes);
	/* Copies; rows out of range are left out. 0 or -ENOMEM. */
void	routes_free(struct routes *);
	/* NULL is fine. */

#endif
