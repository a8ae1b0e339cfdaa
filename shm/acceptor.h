/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The acceptor's side of its object: what it gave to whom, and what it did for
 * each listener. One process writes it, with several threads; a successor
 * counts on from what it finds.
 */
#ifndef SHM_ACCEPTOR_H
#define SHM_ACCEPTOR_H

#include <stdint.h>

#include <cadre/layout.h>

#include "shm/anchor.h"

struct cadre__acceptor {		/* two places in its map */
	struct cadre_shm_assigned *assigned;	/* by slot */
	struct cadre_shm_intake *intake;	/* by listener */
};

void cadre__acceptor_open(struct cadre__acceptor *, void *map,
    const struct cadre__places *);
	/*
	 * Over the object, mapped read-write. Slots and listeners below are
	 * the caller's own numbers, in range. Every call may be made by any
	 * thread at any time, and none waits.
	 */
void cadre__acceptor_assign(struct cadre__acceptor *, unsigned int slot,
    uint64_t n);
	/*
	 * n more go to the worker of the slot. Called at the choice, before
	 * they are sent, so that whoever chooses next sees it. Kill: they are
	 * load until the worker settles.
	 */
void cadre__acceptor_sent(struct cadre__acceptor *, unsigned int slot);
	/* One message with some of them. */
void cadre__acceptor_returned(struct cadre__acceptor *, unsigned int slot,
    uint64_t n);
	/*
	 * n of them were taken back, or could not be sent: they are no load of
	 * that slot any more, and count as assigned where they go next. Kill:
	 * counted as returned, and load until the worker settles.
	 */
int64_t cadre__acceptor_load(const struct cadre__acceptor *,
    unsigned int slot, const void *slot_map);
	/*
	 * assigned - relieved. slot_map: the slot, as everybody has it
	 * inherited. One word of a worker (M4), used as a number only.
	 */

void cadre__acceptor_accepted(struct cadre__acceptor *, unsigned int listener,
    uint64_t n);
void cadre__acceptor_rescued(struct cadre__acceptor *, unsigned int listener,
    uint64_t n);
	/* Of the accepted: also call that. */
void cadre__acceptor_shed(struct cadre__acceptor *, unsigned int listener,
    uint64_t n);
void cadre__acceptor_waits(struct cadre__acceptor *, unsigned int listener);
void cadre__acceptor_failures(struct cadre__acceptor *, unsigned int listener,
    uint64_t n);
	/* One word of struct cadre_shm_intake each. Kill: old or new. */

uint64_t cadre__assigned_word(const void *acceptor_map,
    const struct cadre__places *, unsigned int slot);
	/*
	 * For a worker, over its read-only map: what cadre__slot_settle() is
	 * given. Read it before looking whether something waits.
	 */

#endif
