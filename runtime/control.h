/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker says on its control channel, and what it is answered. */
#ifndef RUNTIME_CONTROL_H
#define RUNTIME_CONTROL_H

#include "runtime/master.h"

void	control_ready(struct cadre_master *, uint32_t index, uint32_t serial,
	    uint32_t events);
	/* A frame has come, or there is room for one that waits. */
void	control_send(struct cadre_master *, struct seat *, struct life *,
	    const struct cadre__frame *, const void *body, const int *fds,
	    unsigned int nfds);
	/* Now or when there is room; a channel that cannot is closed. */

#endif
