/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes that workers left behind, in a master that is a subreaper. */
#ifndef RUNTIME_ORPHANS_H
#define RUNTIME_ORPHANS_H

#include "runtime/master.h"

int	orphans_open(struct cadre_master *);
	/* Become a subreaper, if CADRE_SUBREAPER says so. 0 or -errno. */
void	orphans_reap(struct cadre_master *);
	/* Reap children that have ended and are no workers. */
void	orphans_tick(struct cadre_master *);
	/* On the base tick: the same, and tell of those that go on. */
void	orphans_close(struct cadre_master *);
	/*
	 * At the end: kill what is left, reap it, be no subreaper any more.
	 * Blocks while they end, at most a second.
	 */

#endif
