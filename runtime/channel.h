/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel to one peer: frames go out at once, or wait in a bounded queue
 * until the peer has room. Both ends of control are one, and of messages, in
 * the master and in a worker.
 */
#ifndef RUNTIME_CHANNEL_H
#define RUNTIME_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "shm/frame.h"

#define CHANNEL_FRAMES	64		/* that may wait, … */
#define CHANNEL_BYTES	262144		/* … and their bodies in all, … */
#define CHANNEL_FDS	CADRE_FRAME_FDS_MAX /* … and their descriptors: of all
					   things these are fewest */

struct parcel;

struct load {			/* of a queue, or what it may be */
	unsigned int	frames;
	unsigned int	fds;
	size_t		bytes;
};

struct channel {
	int		fd;		/* -1: closed */
	struct parcel	*first, *last;	/* what waits, oldest first */
	unsigned int	frames;
	size_t		bytes;
	unsigned int	fds;
	unsigned int	kept;		/* of the frames: see struct sending */
	struct load	relayed;	/* of all these */
	unsigned int	frames_max;	/* of the others; 0: CHANNEL_FRAMES */
	unsigned int	kept_max;	/* so many more of those that are kept */
	size_t		bytes_max;	/* 0: CHANNEL_BYTES */
	const bool	*corked;	/* of messages: wait to be several */
};
#define CHANNEL_NONE	{ .fd = -1 }

/*
 * Frames of messages that wait go out several at a time, in one of the socket:
 * small ones without descriptors, each but the last filled up to 8 bytes.
 */
#define CHANNEL_BUNDLE	16		/* at most, … */
#define CHANNEL_BUNDLE_BYTES 4096	/* … of so many bytes in all */
#define CHANNEL_FILL(n)	(((n) + 7) / 8 * 8)

struct sending {				/* what is to be sent: a whole frame */
	struct iovec	parts[3];
	unsigned int	nparts;
	const int	*fds;
	unsigned int	nfds;
	size_t		weight;		/* bytes that it counts while it waits */
	bool		given;		/* the descriptors are the channel's, if it
					   waits: not duplicated */
	unsigned int	own;		/* of them do not count: long messages'
					   memory, which counts with its bytes */
	bool		relayed;	/* another worker's: these together have
					   half of the queue at most */
	bool		kept;		/* in no way dropped for others, nor in
					   the way of them: short */
};

void	channel_room(int fd, size_t bytes);
	/*
	 * That the socket's buffer holds a frame of so many, whatever the
	 * system's default is, if wmem_max allows it.
	 */
int	channel_post(struct channel *, const struct sending *);
	/*
	 * Send now, or, corked or without room, keep a copy (and duplicates of
	 * the descriptors) until channel_flush(). 0: sent; 1: it waits;
	 * -ENOBUFS: too much waits already, though one may always, however
	 * long; -EPIPE: closed, or the peer is gone; -ENOMEM, -EMFILE; others
	 * of sendmsg(2), but those that pass: then it waits.
	 */
int	channel_send(struct channel *, const struct cadre__frame *,
	    const void *body, const int *fds, unsigned int nfds);
	/*
	 * The same of a frame of control, which counts with its body: 0 for
	 * both; -EINVAL: more than a frame holds.
	 */
int	channel_flush(struct channel *);
	/*
	 * Send what there is room for. 0; 1: it is stuck for another reason
	 * than room, one that passes; -errno: the channel is of no use.
	 */
static inline bool
channel_waits(const struct channel *c)
{
	return c->first != NULL;	/* poll it for room */
}
bool	channel_drop_oldest(struct channel *, const struct sending *,
	    void *head, size_t bytes);
	/*
	 * For this one, or NULL: for one that is not relayed; if it is, and
	 * their half is full, one of these. False: none that may be. `head`
	 * gets what it began with.
	 */
void	channel_drop(struct channel *);
	/* Forget what waits; the descriptor is the caller's to close. */

#endif
