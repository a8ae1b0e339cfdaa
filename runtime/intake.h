/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a worker gets its connections, in every mode: what the application
 * polls, and what accept takes from.
 */
#ifndef RUNTIME_INTAKE_H
#define RUNTIME_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cadre/worker.h>

#include "runtime/gate.h"
#include "runtime/handover.h"
#include "runtime/listen.h"
#include "runtime/lobby.h"

struct intake_birth {			/* of one listener */
	enum listener_mode mode;
	int		queue;		/* listening socket; -1: the acceptor's */
	int		handover;	/* our end */
	struct cadre__frame_trusted trusted; /* whose PROXY header is read */
};

struct intake_limits {			/* of connections; 0: none */
	uint64_t	worker, app;
	bool		shed;		/* else they wait */
	const void	*bytes;		/* sent to who is shed */
	size_t		n;
};

struct intake {
	enum listener_mode mode;
	int		queue, handover;
	int		poll;		/* epoll: the application's descriptor */
	int		bell;		/* eventfd in it: readable by our wish */
	bool		rung;
	bool		asked;		/* accept was called since it rang */
	bool		polls_queue;	/* queue is in `poll`, … */
	bool		lined;		/* … or in the gate's line */
	uint64_t	messages;	/* sent to us, when nothing was there */
	struct handed	stash[HANDOVER_BATCH]; /* picked up, not accepted */
	unsigned int	first, stashed;
	int		newest;		/* descriptor of those picked up */
	bool		careful;	/* there was no room for some */
	bool		handover_gone;	/* shut, and not polled any more */
	bool		left;		/* it drains, and nothing waited any more */
	unsigned int	accepts;	/* in this turn */
	struct lobby	lobby;
};

struct intakes {
	struct intake	of[CADRE_LISTENERS_MAX];
	unsigned int	n;
	struct cadre__slot *slot;
	const struct cadre_shm_assigned *row; /* the acceptor's, of our slot */
	struct intake_limits limits;
	struct peers	peers;
	struct gate	gate;
	struct refusals	refusals;
	const struct lobby *last;	/* that the last accept gave from; NULL */
	int		epoll;		/* the application's, in gate.line */
	bool		picked;		/* something that was handed over */
	bool		draining;
	bool		full;		/* at a limit: our word says so, … */
	bool		left;		/* … and the queues are left to others */
	bool		unsettled;	/* our load may be wrong */
	bool		succeeded;	/* and another takes from the same queues */
	bool		held;		/* nothing but what intakes_give() gives */
	bool		crowded;	/* what is on its way to us fills us */
	uint64_t	moment_ns;	/* when it drains: until then it waits */
	uint64_t	descriptors;	/* the limit of them */
};

int	intakes_open(struct intakes *, const struct intake_birth *,
	    unsigned int n);
	/* The slot, row, limits and peers are set. 0 or -errno. */
bool	intakes_left(const struct intakes *);
	/* It drains, and has been told of each listener that nothing waits. */
int	intakes_check(const struct intakes *);
	/* 0, or -EBADF: the application has closed what it would accept from. */
bool	intakes_give(struct intakes *, int fd);
	/*
	 * This connection is the next of the first listener; ours from then on.
	 * False: we are not held, or there is one already.
	 */
void	intakes_release(struct intakes *);
	/* Held no more: the queues and hand-overs are for us, too. */
/* In accept.c. */
int	intakes_accept(struct intakes *, struct intake *, bool draining,
	    struct cadre_peer *ret_peer);
	/* As cadre_worker_accept(). */
bool	intakes_over_limit(struct intakes *);
	/* As many are open as may be, of this worker or of the app. */
void	intakes_settle(struct intakes *);
	/*
	 * Load is what is open, if nothing is on its way to us by any listener.
	 * Without it who gets one message a turn would never see that none is
	 * left.
	 */

/* In intake.c again. */
void	intakes_turn(struct intakes *);
	/* A turn begins. */
void	intakes_drain(struct intakes *);
	/* It is the last time that the application accepts. */
int	intakes_before_wait(struct intakes *, int timeout_ms, uint64_t now_ns);
	/* Bells, limits, the gate. The timeout, or a shorter one. */
int	intake_watch(int op, int epoll, int fd);
	/* epoll_ctl(2) for input; nothing if fd is negative. 0 or -errno. */
void	intake_ring(struct intake *);
	/* What the application polls is readable, until it has accepted. */
void	intake_unring(struct intake *);
	/* It has: no more. */

static inline int
shorter(int a_ms, int b_ms)
{
	/* Of two timeouts; negative: none. */
	return a_ms < 0 || (b_ms >= 0 && b_ms < a_ms) ? b_ms : a_ms;
}

/* In line.c. */
bool	intakes_line(const struct intakes *);
	/* Is there a gate? Then cadre_worker_wait() is intakes_wait(). */
int	intakes_wait(struct intakes *, int epfd, struct epoll_event *, int n,
	    int timeout_ms);
	/* epoll_wait(2) on the line and epfd; -errno. */

#endif
