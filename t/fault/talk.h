/* SPDX-License-Identifier: BSD-2-Clause */
/* What the app of check-faults says by messages and topics. */
#ifndef T_FAULT_TALK_H
#define T_FAULT_TALK_H

#include <cadre/cadre.h>

int	talk_hear(struct cadre_master *);
	/* The master's side, before the start. 0 or -errno. */
void	talk_begin(struct cadre_worker *);
	/*
	 * A worker's: all of it once, and on as it is answered. What fails is
	 * let be.
	 */

#endif
