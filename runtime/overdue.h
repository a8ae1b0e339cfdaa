/* SPDX-License-Identifier: BSD-2-Clause */
/* Workers whose request is past its deadline, as the master finds them. */
#ifndef RUNTIME_OVERDUE_H
#define RUNTIME_OVERDUE_H

#include "runtime/master.h"

uint64_t overdue_look(struct cadre_master *, uint64_t now_ns,
	    uint64_t lost_ns);
	/*
	 * At each look of stall.c; lost_ns: so long the master did not run since
	 * the last one. When to look again at the latest; 0: no request has a
	 * deadline.
	 */
void	overdue_tell(struct cadre_master *, const struct seat *,
	    struct life *, uint64_t now_ns);
	/* The event, from the table's action. */

#endif
