/* SPDX-License-Identifier: BSD-2-Clause */
/* How much memory of its own a worker has. */
#ifndef RUNTIME_MEMORY_H
#define RUNTIME_MEMORY_H

#include "runtime/master.h"

int	memory_read(struct life *, uint64_t *ret_bytes);
	/*
	 * RssAnon of a worker that is not reaped yet. 0; -ESRCH: it has ended;
	 * -EPROTO: the kernel says something else; -errno of open(2), read(2).
	 */
void	memory_close(struct life *);
	/* Its life is over: the descriptor was of that process alone. */

#endif
