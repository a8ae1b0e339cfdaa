/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A region as small as one can be: two seats, short rings. Its bytes are made
 * anew for every input, changed as the input says, and read to the last.
 */
#ifndef T_FUZZ_SMALL_H
#define T_FUZZ_SMALL_H

#include <cadre/region.h>

#include "t/fuzz/fuzz.h"

#define SMALL_SEATS	2
#define SMALL_SLOTS	(SMALL_SEATS * CADRE_SLOTS_PER_SEAT)
#define SMALL_SECTIONS	11		/* one of them of an unknown type */
#define SMALL_METRICS	8
#define SMALL_RING	8
#define SMALL_EVENTS	4

struct small_slot {
	struct cadre_shm_slot head;
	uint64_t	values[8];
	struct cadre_shm_health ring[SMALL_RING];
};

struct small_anchor {
	struct cadre_shm_header header;
	struct cadre_shm_section sections[SMALL_SECTIONS];
	struct cadre_shm_metric metrics[SMALL_METRICS];
	struct cadre_shm_row rows[SMALL_SLOTS];
	struct cadre_shm_listener listeners[2];
	struct {
		struct cadre_shm_slot head;
		uint64_t	values[8];
	} baselines[SMALL_SLOTS];
	struct cadre_shm_event events[SMALL_EVENTS];
};

struct small_acceptor {
	struct cadre_shm_assigned assigned[SMALL_SLOTS];
	struct cadre_shm_intake intake[2];
};

void small_fill(struct small_anchor *, struct small_slot *slots[SMALL_SLOTS],
    struct small_acceptor *);
	/* Valid: two workers that live, one that drains, lapped rings. */

struct small_lie {		/* a word, and what stands there in turn */
	uint64_t	*at, lie;
};
#define SMALL_LIES	16
unsigned int small_lies(struct bytes *, struct small_anchor *,
    struct small_slot *slots[SMALL_SLOTS], struct small_acceptor *,
    struct small_lie *lies);
	/*
	 * The changes that the input names. Some are made at once, for good;
	 * those that shall come and go are returned.
	 */

uint64_t small_read(const struct cadre_region *, uint64_t next);
	/*
	 * Every reading call there is, with odd arguments too, rings from the
	 * record behind `next`; some sum.
	 */

#endif
