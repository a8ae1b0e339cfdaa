/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guests: connections that the acceptor has accepted and not given to anybody
 * yet, because their key has not come, or the seat they shall have takes none
 * now. They stand in lines, each a queue in the order they came: one for those
 * being peeked at, one for each seat. There are never more than were made room
 * for at the start.
 */
#ifndef RUNTIME_STICKY_GUESTS_H
#define RUNTIME_STICKY_GUESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/handover.h"
#include "runtime/sticky-key.h"

#define GUESTS_MAX	4096
#define GUESTS_LEAST	32

struct guest {
	struct handed	conn;
	struct head	head;
	uint64_t	key;		/* once it is known, or by its address */
	uint64_t	due_ns;		/* peeked at until then */
	size_t		seen;		/* bytes of it that were peeked at, … */
	size_t		before;		/* … the key's come behind so many */
	uint64_t	address;	/* the key that its address is, … */
	bool		addressed;	/* … if it has one */
	bool		proxied;	/* a PROXY header comes first */
	unsigned int	next, prev;	/* in its line; GUEST_NONE: no more */
	unsigned int	line;		/* GUEST_NONE: in none */
	uint32_t	serial;		/* of this use of the place */
	unsigned int	home;		/* the seat of the highest rank */
	unsigned int	from;		/* taken back from that seat, unpicked;
					   GUEST_NONE: it comes */
	bool		keyed;		/* by its key; else by its address */
	bool		watched;	/* in the epoll */
};
#define GUEST_NONE	UINT32_MAX

struct guests {
	struct guest	*all;
	unsigned int	most, n;	/* room, and how many there are */
	unsigned int	free;		/* the first of a list by `next` */
	unsigned int	used;		/* from here on no place was used yet */
	struct guest_line {
		unsigned int first, last, n;
	} *lines;			/* by seat; behind them, of who is peeked
					   at, and of who shall go anywhere */
	unsigned int	nlines;
	int		epoll;		/* in which they are watched */
};

int	guests_open(struct guests *, unsigned int most, unsigned int lines,
	    int epoll);
	/* 0 or -ENOMEM. */
struct guest *guest_enter(struct guests *, const struct handed *);
	/* In no line yet; NULL: no room. */
void	guest_leave(struct guests *, struct guest *);
	/* Its place is free; its descriptor is the caller's again. */
void	guest_join(struct guests *, struct guest *, unsigned int line);
	/* At the end of it; out of the line where it was. */
struct guest *guests_first(const struct guests *, unsigned int line);
	/* Who has stood there for longest; NULL: nobody. */
int	guest_watch(struct guests *, struct guest *);
	/*
	 * From now on its epoll tells once each time that something comes, by
	 * guest_tag(). 0 or -errno.
	 */
void	guest_unwatch(struct guests *, struct guest *);
uint64_t guest_tag(const struct guests *, const struct guest *);
struct guest *guest_tagged(const struct guests *, uint64_t tag);
	/* NULL: that guest has left. */

#endif
