/* SPDX-License-Identifier: BSD-2-Clause */
/* The worker's own state, and how the fork hands over to it. */
#ifndef RUNTIME_WORKER_H
#define RUNTIME_WORKER_H

#include "runtime/master.h"

struct worker_birth {		/* from the parent's side of the fork */
	unsigned int	slot;	/* 2 * seat + 0 or 1 */
	pid_t		master;
	sigset_t	mask;	/* the parent's */
	int		control;	/* the worker's ends */
	int		messages;
	struct cadre_worker *worker;	/* set by worker_begin() */
};

int	worker_begin(struct cadre_master *, unsigned int seat,
	    uint64_t generation, struct worker_birth *);
	/*
	 * In the worker, when only what it may keep is open: signals, timer,
	 * the slot's begin, the handle. 0 or -errno.
	 */

#endif
