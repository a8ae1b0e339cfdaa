/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a forked worker inherits, said once; of a program: surroundings.h.
 *
 * Descriptors: 0 is /dev/null, 1 and 2 the seat's log; the listening sockets
 * that it may accept on; its end of the seat's hand-overs; its ends of the
 * control and message channels; the lock `alive`, on purpose, so that it
 * outlasts the master; read-only ones of the anchor, the acceptor's object and
 * its seat's two slots, from which an observer can go on when the master is
 * gone; the cords of all seats, at most WAKES_MAX (seats above share them), to
 * wake who subscribes, and the bell of its own (wake.h); and what
 * cadre_master_keep_fd() named.
 * All else is closed before any application code runs.
 *
 * Memory: a copy of the master's heap; the anchor and every slot read-only;
 * its own slot read-write over the master's scratch window. The master's
 * writable map of the anchor is not inherited (MADV_DONTFORK).
 *
 * Signals: the mask and dispositions from before cadre_master_run(), but
 * SIGTERM (drain) and SIGPIPE (ignored). Limits: the descriptor limit from
 * before the start. It leads a process group of its own. Then what
 * privileges.h says.
 */
#ifndef RUNTIME_INHERIT_H
#define RUNTIME_INHERIT_H

#include "runtime/master.h"
#include "runtime/size.h"

#define INHERIT_MAX	(3 + 2 * CADRE_LISTENERS_MAX + 2 + 1 + 4 +	\
			    WAKES_MAX + 1 + KEEP_FDS_MAX)

struct inherit {
	int		fds[INHERIT_MAX];
	unsigned int	n;
};

static inline void
inherit_keep(struct inherit *in, int fd)
{
	if (fd >= 0 && in->n < INHERIT_MAX)
		in->fds[in->n++] = fd;
}

#endif
