/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker sees of the others: words of the region, for its own decisions. */
#ifndef RUNTIME_PEERS_H
#define RUNTIME_PEERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct peers {
	const char	*anchor;	/* read-only, as all here */
	size_t		rows;		/* of the slot table, in the anchor */
	const char	*const *slots;	/* NULL: not at hand, there are no peers */
	unsigned int	nslots, own;
	unsigned int	*live;		/* slots of workers that serve, … */
	unsigned int	nlive;
	uint64_t	look_ns;	/* … until this they are not looked up */
};

int	peers_open(struct peers *);
	/* 0 or -ENOMEM; the first five are set. */
bool	peers_least(struct peers *, uint64_t now_ns, uint64_t *ret_open);
	/*
	 * The least number of open connections of those that stand in the
	 * line. False: nobody does.
	 */
bool	peers_in(const struct peers *);
	/* Does anybody stand in the line? Looks at each word anew. */
bool	peers_have_room(struct peers *, uint64_t now_ns);
	/* Is anybody who serves below its limit? */
uint64_t peers_open_all(const struct peers *);
	/* Connections that all others have open. Looks at every slot anew. */

#endif
