/* SPDX-License-Identifier: BSD-2-Clause */
/* Where sticky keys are at home, as a worker sees it: the anchor says so. */
#ifndef RUNTIME_STICKY_WORKER_H
#define RUNTIME_STICKY_WORKER_H

#include <stddef.h>

struct homes {
	const char	*rows;		/* of the slot table; NULL: not known */
	size_t		row_bytes;	/* of all rows of a seat */
	unsigned int	seats, own;
};

void	homes_begin(struct homes *, const void *anchor, unsigned int seat);
	/* The anchor is our own master's, and believed. */

#endif
