/* SPDX-License-Identifier: BSD-2-Clause */
/* The queues of listeners and seats: watched, and looked at. */
#ifndef RUNTIME_QUEUES_H
#define RUNTIME_QUEUES_H

#include "runtime/master.h"

int	queues_arm(struct cadre_master *);
	/* The next connection that comes to any wakes us, once. 0 or -errno. */
void	queues_arm_doors(struct cadre_master *, unsigned int seat);
	/* That seat's were opened: watch them too. */
void	queues_disarm_doors(struct cadre_master *, unsigned int seat);
	/* They are about to be shut: a socket that listens no more is ready. */
void	queues_close(struct cadre_master *);
	/* None is watched any more. */
void	queues_look(struct cadre_master *, uint64_t now_ns, uint64_t limit_ns);
	/* At each look of stall.c: who waits there, and does anybody take? */

#endif
