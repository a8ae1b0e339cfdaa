/* SPDX-License-Identifier: BSD-2-Clause */
/* How a worker learns that it shall finish, and is made to. */
#ifndef RUNTIME_LEAVE_H
#define RUNTIME_LEAVE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

int	leave_begin(uint64_t drain_ns, const sigset_t *mask);
	/*
	 * Once in a process: the wake-up descriptor (≥ 0, to poll), the timer,
	 * SIGTERM caught, SIGPIPE ignored, `mask` but for SIGTERM. drain_ns is
	 * the time to finish, 0: as long as it takes. -errno on failure.
	 */
void	leave_at(uint64_t deadline_ns, uint64_t grace_ns);
	/*
	 * Finish by then (CLOCK_MONOTONIC); so long after it SIGKILL comes.
	 * 0: never.
	 */
uint64_t leave_deadline_ns(void);
	/* 0: there is none. */
void	leave_in_time(void);
	/*
	 * Finish within the drain time from now. A deadline that stands is not
	 * put off; a drain that had none gets one. Safe in a signal handler.
	 */
bool	leave_begun(void);
void	leave_woken(void);
	/* Empty the wake-up descriptor. */

#endif
