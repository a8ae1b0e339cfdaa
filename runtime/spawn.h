/* SPDX-License-Identifier: BSD-2-Clause */
/* The fork. */
#ifndef RUNTIME_SPAWN_H
#define RUNTIME_SPAWN_H

#include "runtime/master.h"

int	spawn(struct cadre_master *, struct seat *, struct life *,
	    uint64_t now_ns);
	/*
	 * Fork a worker into this life, whose slot has no writer: its row is
	 * filled and its channels are watched. In the worker it does not
	 * return. 0; -EBUSY: other threads run; -errno of fork(2) and others:
	 * the row is as before. A generation number is used up, and the
	 * figures of the slot's last life are gone with its baseline.
	 */
void	spawn_close(struct cadre_master *, struct seat *, struct life *);
	/* Close what the master holds of a worker that was reaped. */
int	spawn_apart(const struct seat *);
	/* In the child: a process group of its own, and descriptors 0, 1, 2. */
int	spawn_close_others(int *fds, unsigned int n);
	/* In the child: close all but these, which it sorts. 0 or -errno. */
int	threads_check(void);
	/* 0, or -EBUSY with the reason left for cadre_error(). */

#endif
