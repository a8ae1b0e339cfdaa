/* SPDX-License-Identifier: BSD-2-Clause */
/* Which seats may be chosen, and the listeners that choose among them. */
#ifndef RUNTIME_CHOICE_H
#define RUNTIME_CHOICE_H

#include "runtime/master.h"

void	seats_stalled(struct cadre_master *, uint64_t now_ns);
	/* Compare each busy word with the stall limit; tell what changed. */
void	seats_choose(struct cadre_master *);
	/* Tell the kernel which seats may be given connections. */
void	listeners_check(struct cadre_master *);
	/* On the base tick: mend listeners that no longer listen. */

#endif
