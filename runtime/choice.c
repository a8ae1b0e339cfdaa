/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which seats may be given connections: those that are up and not stalled. It
 * is decided by the master's own state and one word of each worker, and the
 * kernel is told when it has changed.
 */
#include <string.h>

#include "runtime/choice.h"
#include "runtime/report.h"
#include "shm/clock.h"

/*
 * One word a seat decides (M4). A worker that lies about it is excluded, or
 * is not, and nobody else is hurt: a stamp in the future counts as none.
 */
void
seats_stalled(struct cadre_master *m, uint64_t now_ns)
{
	uint64_t limit_ns = (uint64_t)option(m, CADRE_STALL_MS) * NS_PER_MS;
	uint64_t since_ns;
	struct life *l;
	struct seat *s;
	bool stalled, was;

	m->fast_tick = false;
	for (s = m->seats; limit_ns != 0 && s < m->seats + m->nseats; s++) {
		l = &s->lives[s->newest];
		if (l->row.state != CADRE_STATE_UP ||
		    (l->row.flags & CADRE_LIFE_ATTACHED) == 0)
			continue;
		since_ns = cadre__anchor_busy_word(m->anchor, slot_of(m, s, l));
		/* Before its own birth: of an earlier life in this slot. */
		stalled = since_ns > l->row.spawned_ns && since_ns < now_ns &&
		    now_ns - since_ns > limit_ns;
		was = l->row.stalled_ns != 0;
		if (stalled && !was)
			report_life(m, CADRE_EVENT_STALLED, s, l,
			    now_ns - since_ns, 0);
		if (!stalled && was)
			report_life(m, CADRE_EVENT_RESUMED, s, l,
			    now_ns - l->row.stalled_ns, 0);
		m->fast_tick |= stalled;
		if (stalled == was)
			continue;
		m->choice_stale = true;
		l->row.stalled_ns = stalled ? since_ns : 0;
		cadre__anchor_life(m->anchor, slot_of(m, s, l), &l->row);
	}
}

/* How fit a seat is to be given connections; the lower, the better. */
enum fitness { FIT, COMING, PARKED, FITNESSES };

static enum fitness
fitness(const struct seat *s)
{
	const struct cadre_shm_life *row = &s->lives[s->newest].row;
	uint64_t state = row->state;

	if (state == CADRE_STATE_UP && row->stalled_ns == 0)
		return FIT;
	return state == CADRE_STATE_PARKED ? PARKED : COMING;
}

static unsigned int
choosable(const struct cadre_master *m, enum fitness least)
{
	const struct seat *s;
	unsigned int n = 0;

	for (s = m->seats; s < m->seats + m->nseats; s++)
		if (s->wanted && fitness(s) <= least)
			m->chosen[n++] = (unsigned int)(s - m->seats);
	return n;
}

/*
 * If no seat is fit, connections wait at those that will have a worker again;
 * parked ones are the very last resort.
 */
void
seats_choose(struct cadre_master *m)
{
	unsigned int n = 0;
	int err;

	m->choice_stale = false;
	for (enum fitness least = FIT; n == 0 && least < FITNESSES; least++)
		n = choosable(m, least);
	for (unsigned int i = 0; i < m->nlisteners; i++) {
		/* One seat is no choice, and its socket no group. */
		if (!m->listeners[i].spread || m->nseats == 1)
			continue;
		err = listener_choose(&m->listeners[i], m->chosen, n);
		if (err < 0)
			report_text(m, CADRE_EVENT_TROUBLE, NULL, "cannot "
			    "choose among seats of %s: %s",
			    m->listeners[i].address, strerror(-err));
	}
}

/* A worker can shut a socket for good, by a habit or by malice. */
void
listeners_check(struct cadre_master *m)
{
	struct listener *l;
	int err;

	for (l = m->listeners; l < m->listeners + m->nlisteners; l++) {
		if (!l->spread || listener_is_whole(l))
			continue;
		err = listener_again(l, m->workers);
		report_text(m, CADRE_EVENT_TROUBLE, NULL, "a worker shut a "
		    "listening socket of %s; all listen again%s%s, what was "
		    "queued is lost", l->address, err < 0 ? ": " : "",
		    err < 0 ? strerror(-err) : "");
		m->choice_stale = true;
	}
}
