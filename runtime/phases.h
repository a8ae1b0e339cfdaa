/* SPDX-License-Identifier: BSD-2-Clause */
/* How far a reload or restart is with a seat, and what follows. */
#ifndef RUNTIME_PHASES_H
#define RUNTIME_PHASES_H

#include "runtime/master.h"

bool	phase_go_on(struct cadre_master *, struct seat *, uint64_t now_ns);
	/* As far as it gets now. True: nothing more to be done for it. */
void	phase_withdraw(struct cadre_master *, struct seat *, uint64_t now_ns);
	/* Who comes goes again; who served serves on. */

#endif
