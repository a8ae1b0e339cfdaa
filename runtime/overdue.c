/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker says in one word by when its request shall be done; if it is not,
 * it is told of with the request's tag and ended as a hung one. That word alone
 * decides, so a lie ends the liar only. Where nobody uses it, a look is one
 * load per worker, on looks that are made anyhow.
 *
 * A worker cannot keep the master awake by deadlines that are always about to
 * pass: however near one is, the next look is LOOK_NS away.
 */
#include <stdio.h>

#include "runtime/overdue.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "shm/clock.h"

#define LOOK_NS		(50 * NS_PER_MS)

/*
 * 0: nothing to wait for. What stood there before its birth is of an earlier
 * life in the slot, until the worker has taken it.
 */
static uint64_t
deadline_of(const struct cadre_master *m, const struct seat *s,
    const struct life *l)
{
	uint64_t deadline_ns;

	if (l->row.state != CADRE_STATE_UP || l->watched.hung ||
	    (l->row.flags & CADRE_LIFE_ATTACHED) == 0)
		return 0;
	deadline_ns = cadre__anchor_deadline_word(m->anchor,
	    slot_of(m, s, l));
	return deadline_ns > l->row.spawned_ns &&
	    deadline_ns != l->watched.deadline_before ? deadline_ns : 0;
}

/* Time in which we did not run, the worker may not have run either. */
static uint64_t
life_look(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns, uint64_t lost_ns)
{
	uint64_t deadline_ns = deadline_of(m, s, l);

	if (deadline_ns == 0)
		return 0;
	if (deadline_ns > now_ns - lost_ns)
		return deadline_ns > now_ns + LOOK_NS ? deadline_ns :
		    now_ns + LOOK_NS;
	l->watched.hung = true;
	l->felled = "a request of it was past its deadline, and it was aborted";
	seat_input(m, s, l, OVERDUE, now_ns);
	return 0;
}

uint64_t
overdue_look(struct cadre_master *m, uint64_t now_ns, uint64_t lost_ns)
{
	uint64_t next_ns = 0, at_ns;

	for (struct seat *s = m->seats; s < m->seats + m->nseats; s++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++) {
			at_ns = life_look(m, s, &s->lives[k], now_ns, lost_ns);
			if (at_ns != 0 && (next_ns == 0 || at_ns < next_ns))
				next_ns = at_ns;
		}
	return next_ns;
}

void
overdue_tell(struct cadre_master *m, const struct seat *s, struct life *l,
    uint64_t now_ns)
{
	struct cadre_shm_event e;
	char tag[CADRE_TAG_BYTES];
	uint64_t begun_ns;

	cadre__anchor_request(m->anchor, slot_of(m, s, l), &begun_ns, tag);
	event_of(&e, CADRE_EVENT_OVERDUE, m, s, l);
	/* A time that cannot be is a lie: as long as it lives, at the most. */
	e.duration_ns = now_ns - (begun_ns > l->row.spawned_ns &&
	    begun_ns < now_ns ? begun_ns : l->row.spawned_ns);
	e.text_bytes = (uint32_t)snprintf(e.text, sizeof(e.text), "%s", tag);
	e.healths = cadre__anchor_last_health(m->anchor, slot_of(m, s, l),
	    e.health, CADRE_EVENT_HEALTHS);
	report(m, &e);
}
