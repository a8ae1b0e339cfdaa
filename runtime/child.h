/* SPDX-License-Identifier: BSD-2-Clause */
/* A child by its pidfd: how it is signalled, and how it ended. */
#ifndef RUNTIME_CHILD_H
#define RUNTIME_CHILD_H

#include <stdint.h>

#include <stdbool.h>

#include <sys/types.h>

#include <cadre/layout.h>

int	child_ended(int pidfd);
	/* 1: it has; 0: not yet. It stays a zombie, its pid its own. */
bool	child_reap(int pidfd, pid_t, struct cadre_shm_life *row);
	/*
	 * End its process group, reap it, and note how it ended. Called when it
	 * has ended or was just killed; pidfd may be -1 for a child that never
	 * got one. False: somebody else has reaped it, and how it ended is lost.
	 */
bool	child_ends(int pidfd, int timeout_ms);
	/* Wait so long for its end. */
int	child_signal(int pidfd, int signal);
	/*
	 * To the leader alone, not to its group. 0, also if it has ended and is
	 * not reaped; -ESRCH: it is; -EPERM: it has another uid now.
	 */

#endif
