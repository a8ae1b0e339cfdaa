/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections that were closed, or served in another way than they should be,
 * because of what their peers sent. Workers and the acceptor count them by
 * reason and listener and tell the master, which makes one event of all that
 * came within a second. Nothing that a peer wrote travels: only numbers do.
 */
#ifndef RUNTIME_REFUSAL_H
#define RUNTIME_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

#include <cadre/layout.h>
#include <cadre/master.h>

enum refusal {				/* texts: refusal.c, in this order */
	REFUSAL_PROXY_NONE,
	REFUSAL_PROXY_BAD,
	REFUSAL_PROXY_LONG,
	REFUSAL_PROXY_SUM,
	REFUSAL_PROXY_CUT,
	REFUSAL_PROXY_LATE,
	REFUSAL_PROXY_CROWD,
	REFUSAL_STICKY_LATE,
	REFUSAL_STICKY_LONG,
	REFUSAL_STICKY_CUT,
	REFUSAL_STICKY_FORM,
	REFUSAL_STICKY_EMPTY,
	REFUSAL_STICKY_CROWD,
	REFUSAL_STICKY_WAITED,
	REFUSALS,
};

struct refusals {			/* counted, and not told yet */
	uint32_t	count[REFUSALS][CADRE_LISTENERS_MAX];
	uint32_t	any;		/* not 0: some are */
	int		wake;		/* eventfd for who tells; -1: none */
	uint64_t	told_ns;
};

void	refusals_begin(struct refusals *, int wake);
void	refusals_add(struct refusals *, enum refusal, unsigned int listener);
	/* From any thread. */
struct channel;
int	refusals_tell(struct refusals *, struct channel *, uint64_t now_ns);
	/*
	 * Send what there is, some times a second at most, and not before what
	 * waits in that channel is gone. From one thread. How long to sleep at
	 * most, ms, before it is called again; -1: until the next.
	 */

/* The master's side. */
struct cadre_master;
struct cadre__frame_refused;

struct refused {			/* for one reason, at one listener */
	uint64_t	count;		/* not in an event yet */
	uint64_t	lead;		/* of `teller`, before all others */
	uint64_t	told_ns;	/* the last event; 0: there was none */
	uint32_t	teller;		/* a seat; CADRE_NO_SEAT: the acceptor */
	bool		others;		/* … say so, too */
};

const char *refusals_take(struct cadre_master *, const void *body,
    uint32_t teller);
	/*
	 * The body of a REFUSED frame, of that seat, or CADRE_NO_SEAT: of the
	 * acceptor. NULL, or what is wrong with it.
	 */
void	refusals_tick(struct cadre_master *, uint64_t now_ns);
	/* On the base tick: what no event has said. */

#endif
