/* SPDX-License-Identifier: BSD-2-Clause */
/* The key of a guest, in what it has sent so far. */
#ifndef RUNTIME_STICKY_PEEK_H
#define RUNTIME_STICKY_PEEK_H

#include "runtime/sticky-choice.h"

bool	peek_begin(struct usher *, struct guest *);
	/* The first look is due. False: its address is its key. */
enum peek_why {
	PEEK_COMES,			/* first, or something may have come */
	PEEK_ENDED,			/* and nothing else will */
	PEEK_LAST,			/* its time is over */
	PEEK_CROWD,			/* others need its place */
};
void	peek(struct usher *, const struct routes *, struct guest *,
	    enum peek_why);
	/*
	 * Look. It stays where it is only if its key can come yet and it may
	 * be waited for.
	 */

#endif
