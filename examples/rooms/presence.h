/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is in a room, over all workers. */
#ifndef EXAMPLES_ROOMS_PRESENCE_H
#define EXAMPLES_ROOMS_PRESENCE_H

#include "examples/rooms/room.h"

int presence_begin(struct cadre_worker *);
	/* Subscribe. 0 or -errno. */
void presence_changed(struct room *, bool ours);
	/* To be told, and if it was ours, published, by presence_tick(). */
void presence_forget(struct room *);
	/* Of a room that is to be freed, and has no members here. */
void presence_publish(void);
	/* All rooms with members here, for who asks. */
void presence_gone(uint64_t generation);
	/* That worker has ended, and who was there is gone. */
void presence_tick(void);
	/* Tell who is there, where it changed, if it is time. */
int presence_due_ms(void);
	/* Until then; -1: nothing has changed. */

#endif
