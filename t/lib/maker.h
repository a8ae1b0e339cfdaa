/* SPDX-License-Identifier: BSD-2-Clause */
/* A process that makes a region, looked at from outside while it does so. */
#ifndef T_MAKER_H
#define T_MAKER_H

#include <stdbool.h>
#include <sys/types.h>

enum maker_seen {
	MAKER_NOTHING,		/* there is no anchor yet */
	MAKER_REFUSED,		/* -EPROTO */
	MAKER_WHOLE,		/* accepted, and all of it right */
	MAKER_WRONG,		/* anything else */
	MAKER_SEEN_MAX,
};

void	maker_make(void);
	/* Objects, a schema row, a listener, the magic. For step_start(). */
int	maker_fd(pid_t, unsigned int object);
	/* An object of it by its number, read-only; -1: it has none. */
enum maker_seen maker_look(pid_t);
	/* Through descriptors of its own, as an observer that has just come. */
bool	maker_changed(pid_t);
	/* Bytes of its anchor, since the last call; for route_find(). */

#endif
