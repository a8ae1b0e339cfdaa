/* SPDX-License-Identifier: BSD-2-Clause */
/* Mode `gate`: when a worker stands in the line for the shared socket. */
#ifndef RUNTIME_GATE_H
#define RUNTIME_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include <cadre/layout.h>
#include <cadre/master.h>

#include "runtime/peers.h"
#include "shm/slot.h"

#define GATE_OUT_MS	5		/* one who is out looks again so soon */

struct gate {
	int		line;		/* epoll of this worker; -1: no gate */
	int		queues[CADRE_LISTENERS_MAX]; /* shared sockets, … */
	unsigned int	nqueues;
	bool		in;		/* … which are in that epoll */
	bool		took;		/* a connection, since the last wait */
	unsigned int	takes;		/* since it went to the end of the line */
	uint64_t	took_ns;	/* the last one */
};

int	gate_join(struct gate *, struct cadre__slot *);
	/* Stand in the line. 0, or -errno: it does not. */
void	gate_leave(struct gate *, struct cadre__slot *, uint64_t word);
	/* Stand in it no longer, for the reason the word gives. */
int	gate_decide(struct gate *, struct cadre__slot *, struct peers *,
	    uint64_t now_ns);
	/*
	 * Before a wait: in, or out? How long the wait may be at most, in ms;
	 * -1: as long as it likes.
	 */

#endif
