/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The acceptor's side of its object: what it gave to whom, and what it did for
 * each listener. One process writes it, with several threads; a successor
 * counts on from what it finds.
 */
#ifndef SHM_ACCEPTOR_H
#define SHM_ACCEPTOR_H

#include <stdbool.h>
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
	 * the caller's own numbers, in range. Every call but begin may be made
	 * by any thread at any time, and none waits.
	 */
void cadre__acceptor_begin(struct cadre__acceptor *, unsigned int slots);
	/*
	 * Before its threads: what the last acceptor died with in its hands is
	 * load of nobody. Kill: it is done again, and what was sent or taken
	 * away twice makes a load too low until the worker settles.
	 */
void cadre__acceptor_assign(struct cadre__acceptor *, unsigned int slot,
    uint64_t n);
	/*
	 * n more go to the worker of the slot, and are in hand. Called at the
	 * choice, before they are sent, so that whoever chooses next sees it.
	 * Kill: the next acceptor takes them off.
	 */
bool cadre__acceptor_fits(const struct cadre__acceptor *, unsigned int slot,
    const void *slot_map, uint64_t limit);
	/*
	 * Behind assign: is the load within the limit still? Others may have
	 * added to it at the same time. If not, it is to be returned.
	 */
void cadre__acceptor_sent(struct cadre__acceptor *, unsigned int slot,
    uint64_t n);
	/* One message with n of them, which are in hand no longer. */
void cadre__acceptor_hold(struct cadre__acceptor *, unsigned int slot,
    uint64_t n);
void cadre__acceptor_release(struct cadre__acceptor *, unsigned int slot,
    uint64_t n);
	/*
	 * n are in hand, without being assigned, and no longer. Around taking
	 * back: n is as many as may be taken, since too much in hand makes a
	 * load too low after a kill, which heals, and too little too high.
	 */
void cadre__acceptor_returned(struct cadre__acceptor *, unsigned int slot,
    uint64_t n);
	/*
	 * n of them were taken back, or could not be sent: they are no load of
	 * that slot any more, and count as assigned where they go next. They
	 * are in hand until released. Kill: counted as returned; the next
	 * acceptor takes off what was in hand.
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
void cadre__acceptor_refused(struct cadre__acceptor *, unsigned int listener);
void cadre__acceptor_away(struct cadre__acceptor *, unsigned int listener);
void cadre__acceptor_unkeyed(struct cadre__acceptor *, unsigned int listener);
void cadre__acceptor_failures(struct cadre__acceptor *, unsigned int listener,
    uint64_t n);
	/* One word of struct cadre_shm_intake each. Kill: old or new. */

struct cadre__assigned_look {
	uint64_t	assigned;	/* for cadre__slot_settle() */
	uint64_t	returned, in_hand;
};
void cadre__assigned_look(const struct cadre_shm_assigned *,
    struct cadre__assigned_look *ret_look);
bool cadre__assigned_all_came(const struct cadre_shm_assigned *,
    const struct cadre__assigned_look *);
	/*
	 * For a worker, over its read-only row: look, then see whether
	 * anything waits. If nothing did, and it was so all the time, whatever
	 * was assigned at the look has come or was returned before.
	 */

#endif
