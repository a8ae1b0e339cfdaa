/* SPDX-License-Identifier: BSD-2-Clause */
/* Workers that have served long enough, or have grown, are replaced. */
#ifndef RUNTIME_RECYCLE_H
#define RUNTIME_RECYCLE_H

#include "runtime/master.h"

int	recycle_check(const struct cadre_master *);
	/* Before the start: 0, or -EINVAL: limits that contradict each other. */
void	recycle_begin(struct cadre_master *, struct seat *, struct life *,
	    uint64_t now_ns);
	/*
	 * A life is about to begin, its baseline is copied: draw its limits,
	 * note where it counts from, forget why an earlier one was felled.
	 */
void	recycle_tick(struct cadre_master *, uint64_t now_ns);
	/* The base tick: who is over a limit, and whose turn it is. */
void	recycle_go_on(struct cadre_master *, uint64_t now_ns);
	/* Look how far those are that are replaced; before reload_go_on(). */

#endif
