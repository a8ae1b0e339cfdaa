/* SPDX-License-Identifier: BSD-2-Clause */
/* The desk of a listener in mode sticky: a key says who gets a connection. */
#ifndef RUNTIME_STICKY_DESK_H
#define RUNTIME_STICKY_DESK_H

#include "runtime/dispatch.h"

void	*sticky_thread(void *);
	/* Of that struct clerk. */
int	sticky_dispatches(struct clerk *);
	/* What that thread needs and waits for. 0 or -errno. */

#endif
