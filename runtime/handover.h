/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hand-over: a socketpair per seat and listener, over which the acceptor
 * gives connections to whoever is the seat's worker. Master and acceptor keep
 * both ends, so what nobody has picked up outlives the worker: its successor
 * finds it, or the acceptor receives it back. A message is dequeued under the
 * kernel's lock by one receiver or by another, never by both: that is the claim.
 */
#ifndef RUNTIME_HANDOVER_H
#define RUNTIME_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>

#include <sys/socket.h>

#define HANDOVER_BATCH	8		/* connections in a message, and un-picked
					   ones of a seat and listener, at most */

struct handover {
	int		ours;		/* the acceptor sends here */
	int		worker;		/* the worker's end */
};

/* A connection on its way. */
struct handed {
	int		fd;
	uint32_t	bytes;		/* of the address; 0: ask the socket */
	char		address[28];	/* of the peer: as large as IPv6 needs */
};

int	handover_open(struct handover *);
	/* 0 or -errno. Our end only sends: what a worker sends is refused. */
bool	handover_is_usable(const struct handover *);
	/*
	 * False: a worker has shut its end, or set what changes how messages
	 * come there, for its successors and for who takes them back.
	 */
void	handover_close(struct handover *);
int	handover_send(const struct handover *, const struct handed *,
	    unsigned int n);
	/*
	 * Give n (1 to HANDOVER_BATCH) connections in one message; the caller
	 * still has to close its own descriptors. Never blocks. 0; -EAGAIN: no
	 * room in the socket; -ENOBUFS: for want of memory, or of descriptors
	 * that may be under way, of which no socket tells; -EPIPE: the worker's
	 * end takes nothing any more; -errno. If not 0 nothing was sent.
	 */
int	handover_receive(int fd, struct handed handed[HANDOVER_BATCH],
	    bool careful);
	/*
	 * Take one message, at either side. Short of descriptors the kernel
	 * would cut it, and close the rest: `careful` looks first, at twice the
	 * cost, and leaves it there. > 0: so many connections, the caller's,
	 * non-blocking and close-on-exec; -EAGAIN: none; -EMFILE: no room for
	 * them; -EPROTO: no such message, nothing of it is left open; -errno.
	 */
void	handover_forget(int *fds, unsigned int n);
	/*
	 * Close the own copies of what was sent, or what else is the caller's:
	 * neighbours in one call. Sorts them.
	 */
unsigned int handover_unpicked(int worker_fd);
	/* How many wait at that end: the kernel's count, not the worker's. */

#endif
