/* SPDX-License-Identifier: BSD-2-Clause */
/* When seats at rest are the end of the app, and how they go on. */
#ifndef RUNTIME_QUORUM_H
#define RUNTIME_QUORUM_H

#include "runtime/master.h"

void	quorum_check(struct cadre_master *);
	/*
	 * After anything that may have put a seat to rest: give up (given_up),
	 * or stop, if what is left is no app any more.
	 */
int	quorum_fail(const struct cadre_master *);
	/* For the last dispatch of one that gave up: -errno, and why. */

#endif
