/* SPDX-License-Identifier: BSD-2-Clause */
/* Which seats may be chosen, and the listeners that choose among them. */
#ifndef RUNTIME_CHOICE_H
#define RUNTIME_CHOICE_H

#include "runtime/master.h"

void	seats_choose(struct cadre_master *);
	/* Tell the kernel and the acceptor which seats may be chosen. */
void	listeners_check(struct cadre_master *);
	/* On the base tick: mend listeners that no longer listen. */

#endif
