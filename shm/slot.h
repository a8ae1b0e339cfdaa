/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worker's side of its slot. One writer: the process that holds the slot
 * now. Each call says what a kill inside it leaves.
 */
#ifndef SHM_SLOT_H
#define SHM_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include <cadre/layout.h>

const struct cadre_shm_section *cadre__section_find(
    const struct cadre_shm_header *anchor, uint32_t type);
	/* Of an anchor that is believed: one's own master's. NULL: none. */

struct cadre__slot {			/* private to the worker */
	struct cadre_shm_slot *head;
	struct cadre_shm_health *ring;
	const uint64_t	*requests, *errors;	/* words of the slot */
	uint64_t	health_interval_ns;
	uint64_t	health_next_ns;
	uint64_t	pushed;		/* words that tell whether something… */
	uint64_t	pushed_requests; /* …changed since the last record */
	uint64_t	flags;		/* CADRE_HEALTH_DRAINING */
	bool		request;	/* one is under way */
};

void cadre__slot_begin(struct cadre__slot *, void *map, const void *anchor,
    uint64_t generation, uint64_t health_interval_ns, uint64_t now_ns);
	/*
	 * Take over a slot at `map` (read-write) whose last writer is gone:
	 * zero what ends with a life (by the schema in `anchor`), relieve what
	 * it had open, go in at the gate, stamp busy, set generation, find the
	 * words named requests and errors, push a record marked FIRST. A kill
	 * inside leaves gauges under the old generation, which no reader
	 * counts, or zeroed ones under the new, and a load that the next settle
	 * puts right; counters are not touched.
	 */
void cadre__slot_request_begin(struct cadre__slot *, const char *tag,
    uint64_t now_ns, uint64_t deadline_ns);
	/*
	 * Tag and time first, then the deadline, by which the master judges.
	 * The tag is cut to fit, NULL is none. Kill: no deadline, or all of it.
	 */
void cadre__slot_request_extend(struct cadre__slot *, uint64_t deadline_ns);
void cadre__slot_request_end(struct cadre__slot *);
	/* One store. */
void cadre__slot_turn_begin(struct cadre__slot *, uint64_t now_ns);
	/*
	 * Stamp busy; push a health record when the interval has passed and
	 * something changed since the last. Kill: the stamp tells.
	 */
void cadre__slot_turn_end(struct cadre__slot *, uint64_t now_ns);
	/* Add the turn to turns and busy_ns, stamp idle, publish the status. */
void cadre__slot_accepted(struct cadre__slot *, bool assigned);
	/*
	 * accepted and open. `assigned`: the acceptor chose this worker and has
	 * counted it, or it was reserved; else `relieved` falls by one, so
	 * that it is load as well. Kill: each word is old or new, in this
	 * order.
	 */
bool cadre__slot_reserve(struct cadre__slot *,
    const struct cadre_shm_assigned *, uint64_t limit);
void cadre__slot_unreserve(struct cadre__slot *);
	/*
	 * One more is load before it is accepted; false, and it is not, if the
	 * load would be over the limit. Kill: one too many, until the next
	 * life settles.
	 */
void cadre__slot_closed(struct cadre__slot *);
	/* relieved, open, done. Kill: each is old or new, in this order. */
void cadre__slot_settle(struct cadre__slot *, uint64_t assigned);
	/*
	 * Nothing waits: relieved = assigned - open. `assigned` is of before
	 * it was seen that nothing does: cadre__assigned_look().
	 */
void cadre__slot_gate(struct cadre__slot *, uint64_t gate);
	/* CADRE_GATE_…; one store. */
void cadre__slot_shed(struct cadre__slot *);
	/* One more was turned away: it is never counted as accepted. */
void cadre__slot_refused(struct cadre__slot *);
	/* One more was closed for its peer, before cadre__slot_closed(). */
void cadre__slot_drain(struct cadre__slot *);
	/* Mark records from now on CADRE_HEALTH_DRAINING. */
void cadre__slot_status_publish(struct cadre__slot *, uint64_t now_ns);
	/* Fill the other copy, then move count. Kill: the old one stays. */
int cadre__status_read(const struct cadre_shm_slot *,
    struct cadre_shm_status *ret_status);
	/* For any reader: 0, or -EAGAIN after a bounded number of tries. */
void cadre__slot_health_push(struct cadre__slot *, uint64_t now_ns,
    uint64_t flags);
	/* Kill: the record in the making reads as absent. */

#endif
