/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a worker's connections are between the runtime's accept and the
 * application's: those from peers in the list of proxy=, whose PROXY header is
 * read first, and no byte behind it. One of each listener. They are open, and
 * load of this worker, from the moment they come in; nobody waits for them.
 */
#ifndef RUNTIME_LOBBY_H
#define RUNTIME_LOBBY_H

#include <stdbool.h>
#include <stdint.h>

#include <sys/epoll.h>

#include <cadre/proxy.h>

#include "runtime/proxy.h"
#include "runtime/refusal.h"
#include "shm/frame.h"
#include "shm/slot.h"

#define LOBBY_MAX	1024		/* callers; fewer if descriptors are few */
#define LOBBY_EVENTS	16

struct caller;

struct lobby {
	struct cadre__frame_trusted trusted; /* none: nobody comes in here */
	unsigned int	listener;
	int		poll;		/* the intake's epoll, */
	int		timer;		/* … in which they are, and a timerfd */
	uint64_t	armed_ns;	/* 0: it is not */
	struct caller	*callers;	/* [0] is the end of the list */
	unsigned int	room, used, n;
	unsigned int	free;		/* of those that were used; 0: none */
	struct epoll_event events[LOBBY_EVENTS]; /* fetched … */
	int		fetched, looked; /* … and looked at */
	struct cadre__slot *slot;
	struct refusals	*refusals;
	/* Of the last one that was given out. */
	bool		given;
	struct proxy	proxy;
	struct cadre_peer peer;		/* the socket's */
	unsigned char	header[PROXY_BYTES_MAX];
};

static inline bool
lobby_pends(const struct lobby *l)
{
	/* Some of them are to be looked at, and epoll has told of it. */
	return l->looked < l->fetched;
}

int	lobby_open(struct lobby *, uint64_t descriptors);
	/*
	 * Poll, slot and refusals are set, and the list of who is trusted:
	 * without one it is only empty. 0 or -errno.
	 */
int	lobby_enter(struct lobby *, int fd, struct cadre_peer *inout_peer);
	/*
	 * One that was accepted, and counted as open. Its descriptor, and who
	 * the peer is, if it is for the application at once: it is not in the
	 * list, or its header is there. -EINPROGRESS: it waits here;
	 * -ECONNABORTED: it is closed: refused, or it came and went.
	 */
int	lobby_next(struct lobby *, struct cadre_peer *ret_peer);
	/*
	 * A caller whose header has come; those whose time is over, and those
	 * that are broken, are closed. -EAGAIN: none.
	 */
int	lobby_wait(struct lobby *, uint64_t until_ns,
	    struct cadre_peer *ret_peer);
	/* The same, but wait for one until then, if there are callers. */

#endif
