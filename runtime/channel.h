/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel to one peer: frames go out at once, or wait in a bounded queue
 * until the peer has room. Both ends of control are one, in the master and in
 * a worker.
 */
#ifndef RUNTIME_CHANNEL_H
#define RUNTIME_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "shm/frame.h"

#define CHANNEL_FRAMES	64		/* that may wait, … */
#define CHANNEL_BYTES	262144		/* … and their bodies in all */

struct parcel;

struct channel {
	int		fd;		/* -1: closed */
	struct parcel	*first, *last;	/* what waits, oldest first */
	unsigned int	frames;
	size_t		bytes;
};
#define CHANNEL_NONE	{ .fd = -1 }

int	channel_send(struct channel *, const struct cadre__frame *,
	    const void *body, const int *fds, unsigned int nfds);
	/*
	 * Send now, or keep a copy (and duplicates of the descriptors) until
	 * channel_flush(). 0; -ENOBUFS: too much waits already; -EPIPE: closed,
	 * or the peer is gone; -EINVAL: more than a frame holds; -ENOMEM,
	 * -EMFILE; others of sendmsg(2).
	 */
int	channel_flush(struct channel *);
	/* Send what there is room for. 0, or -errno: the channel is of no use. */
static inline bool
channel_waits(const struct channel *c)
{
	return c->first != NULL;	/* poll it for room */
}
void	channel_drop(struct channel *);
	/* Forget what waits; the descriptor is the caller's to close. */

#endif
