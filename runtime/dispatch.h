/* SPDX-License-Identifier: BSD-2-Clause */
/* The acceptor process: its threads. */
#ifndef RUNTIME_DISPATCH_H
#define RUNTIME_DISPATCH_H

#include <pthread.h>

#include "runtime/desk.h"

#define CLERK_POKED	UINT64_MAX	/* the tag of that eventfd */
#define RETRY_MS	5		/* at a limit, or for want of something */

struct clerk {				/* a thread of the acceptor */
	struct post	*post;
	pthread_t	thread;
	int		poke;		/* eventfd: there are new routes */
	int		epoll;		/* for connections */
	int		room;		/* epoll: for somebody who picks up */
	struct desk	*desks;		/* of the listeners it serves */
	unsigned int	ndesks;
	struct sticky_desk *sticky;	/* of one in sticky */
	bool		ended;		/* it has handed over all there was */
};

void	dispatch_main(struct post *, int control) __attribute__((noreturn));
	/*
	 * Be the acceptor: start the threads, replace the routes as frames
	 * come, exit at the end of the control channel, or when FINISH came
	 * and all that waited was handed over.
	 */
int	clerk_watch(int epoll, int op, int fd, uint32_t events, uint64_t tag);
	/* epoll_ctl(2). 0 or -errno. */
int	clerk_dispatches(struct clerk *);
	/*
	 * Connections of its listener wake it, in `epoll`, by tag 0, and in
	 * `room` who picks up. 0 or -errno.
	 */
void	clerk_sleep(struct clerk *, enum desk_end);
	/* Until there is something to do for one that came to this end. */

#endif
