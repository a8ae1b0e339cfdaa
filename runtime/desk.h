/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A desk of the acceptor gives out the connections of one listener. One
 * thread works at it, so nothing in it is locked; what threads share are the
 * table of routes and the counts in the acceptor's object.
 */
#ifndef RUNTIME_DESK_H
#define RUNTIME_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/handover.h"
#include "runtime/listen.h"
#include "runtime/refusal.h"
#include "runtime/routes.h"
#include "shm/acceptor.h"

#define PUMP_MAX	256	/* connections before others have their turn */

/* What all threads of the acceptor work with; routes by RCU, the rest fixed. */
struct post {
	unsigned int	max_workers;
	unsigned int	nlisteners;
	const struct listener *listeners;
	struct handover	*handovers;	/* [seat * nlisteners + listener] */
	struct cadre__acceptor shm;
	const char *const *slots;	/* read-only maps, 2 per seat */
	uint64_t	worker_limit, app_limit; /* 0: none */
	bool		shed;		/* at a limit; else wait */
	const void	*shed_bytes;
	size_t		shed_n;
	struct routes	*routes;	/* NULL until the master has sent some */
	uint64_t	number;		/* of these; 0: others are being read */
	int		control;	/* where the master sends them */
	bool		finishing;
	struct refusals	refusals;	/* told by the control thread */
};

struct batch {
	unsigned int	n;
	unsigned int	slot;		/* it is assigned to */
	struct handed	conn[HANDOVER_BATCH];
};

struct desk {
	struct post	*post;
	unsigned int	listener;
	enum listener_mode mode;	/* rr: in turn; else by load */
	unsigned int	turn;		/* seat that had it last */
	uint64_t	random;
	uint64_t	pump;		/* number of this one, … */
	uint64_t	now_ns;		/* … and when it began */
	bool		starves;	/* … of what no socket tells */
	bool		strict;		/* what waits for a seat stays its own */
	struct desk_seat {
		uint64_t	looked;	/* the pump in which room was counted */
		unsigned int	room;
		bool		shut;	/* nobody can be given anything there */
		bool		listed;	/* in `touched` */
		bool		owes;	/* something may have to be taken back */
		struct batch	batch;
	} *seats;
	unsigned int	*touched, ntouched; /* seats with a batch */
	unsigned int	owing;		/* seats that owe */
	uint64_t	known;		/* number of the routes it has seen */
	struct batch	back;		/* taken back, and nobody had room yet */
	int		sent[512];	/* our copies of them, to be closed */
	unsigned int	nsent;
};

enum desk_end {				/* why it did not go on */
	DESK_EMPTY,			/* nothing waits */
	DESK_MORE,			/* enough at once: go on */
	DESK_ROOM,			/* nobody has room: wait until some have */
	DESK_LATER,			/* a limit, or want of something: in some ms */
};

int	desk_open(struct desk *, struct post *, unsigned int listener,
	    enum listener_mode);
	/* 0 or -ENOMEM. */
void	desk_routes(struct desk *, const struct routes *);
	/*
	 * Note which seats are no longer to be given anything: what they have
	 * not picked up is taken back. In a read-side section of RCU, as all
	 * below.
	 */
enum desk_end desk_pump(struct desk *, const struct routes *, int fd,
	    bool rescue);
	/*
	 * Take back, then accept from this socket and give out until one of
	 * the ends is reached; fd -1: only take back.
	 */
void	desk_forget(struct desk *);
	/*
	 * Close our copies of what was sent. Outside of a read-side section: a
	 * worker that has set SO_LINGER and closed its own before can make the
	 * last close wait.
	 */
/* For who gives out in another way: sticky-desk.c. */
bool	desk_put(struct desk *, const struct routes *, unsigned int seat,
	    const struct handed *);
	/* Into its next message. False: others were faster, it is full. */
void	desk_send(struct desk *, unsigned int seat);
	/* What was put for that seat, if it can be sent. */
bool	desk_flush(struct desk *);
	/* Send what was put. True: all of it went. */
int	desk_accept(struct desk *, int fd, struct handed *ret_conn);
	/* 0 or -errno. */
bool	desk_may_shed(const struct desk *, const struct routes *);
	/* At a limit. False: let it wait, or look again by newer routes. */
void	desk_shed(struct desk *, int conn);
int	desk_take_back(struct desk *, const struct routes *,
	    unsigned int seat);
	/*
	 * What was put or sent there and not picked up, a message of it, into
	 * `back`, which is empty. > 0: so many; 0: none that can be had now;
	 * -EAGAIN: nothing is left there.
	 */
void	desk_forget_fd(struct desk *, int fd);
	/* One more that desk_forget() closes. */
struct handover *desk_handover(const struct desk *, unsigned int seat);

#endif
