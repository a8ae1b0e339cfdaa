/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An usher leads the guests of one listener to their seats: by their key, once
 * it is known, and by who can take them now.
 */
#ifndef RUNTIME_STICKY_CHOICE_H
#define RUNTIME_STICKY_CHOICE_H

#include "runtime/desk.h"
#include "runtime/sticky-guests.h"

#define USHER_HEATS	1024

struct usher {
	struct desk	*desk;
	const struct listener *listener;
	const struct sticky *sticky;	/* of that */
	struct guests	guests;
	unsigned int	peeked;		/* the line of who is peeked at, … */
	unsigned int	anywhere;	/* … and of who finds no seat */
	unsigned int	line_most;	/* in the line of one seat */
	uint64_t	total;		/* load of all targets together */
	uint64_t	turn;		/* of those without any address */
	uint32_t	heat[2][USHER_HEATS];	/* connections of a key lately, in
					   the lesser of its two places */
	uint32_t	heats;		/* of all */
	char		*bytes;		/* room for what is peeked at */
};

bool	usher_is_full(const struct usher *, const struct routes *);
	/* All are at a limit, or the app is. */
void	usher_count(struct usher *, const struct routes *);
	/* Before the first of a pump: the load of all. */
void	usher_place(struct usher *, const struct routes *, struct guest *);
	/*
	 * Its key is there: give it to its seat, or let it wait in a line. It
	 * may have left, when this returns.
	 */
void	usher_unkeyed(struct usher *, const struct routes *, struct guest *);
	/* There is no key: by its address, or in turn if it has none. */
void	usher_lines(struct usher *, const struct routes *, bool anew);
	/* Who waits, and now can be given; anew: routes have changed. */
unsigned int usher_waiting(const struct usher *);
	/* In the lines of seats, or for any. */
void	usher_close(struct usher *, struct guest *);
	/* It goes, and nobody gets it. */

#endif
