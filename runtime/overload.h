/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection that is turned away. */
#ifndef RUNTIME_OVERLOAD_H
#define RUNTIME_OVERLOAD_H

#include <stddef.h>

void	overload_shed(int fd, const void *bytes, size_t n);
	/*
	 * Send what fits of these bytes and close it; without any, reset it.
	 * Never blocks, never fails: who is turned away may be gone.
	 */

#endif
