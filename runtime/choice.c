/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which seats may be given connections: those that are up, not stalled, and
 * not at a limit. The kernel and the acceptor are told when it has changed.
 */
#include <string.h>

#include "runtime/acceptor.h"
#include "runtime/choice.h"
#include "runtime/lives.h"
#include "runtime/report.h"

/* How fit a seat is to be given connections; the lower, the better. */
enum fitness { FIT, FULL, COMING, PARKED, FITNESSES };

static enum fitness
fitness(const struct seat *s)
{
	const struct cadre_shm_life *row = &s->lives[s->newest].row;
	uint64_t state = row->state;

	if (state == CADRE_STATE_UP && row->stalled_ns == 0 &&
	    (row->flags & CADRE_LIFE_LEFT) == 0)
		return (row->flags & CADRE_LIFE_FULL) == 0 ? FIT : FULL;
	return state == CADRE_STATE_PARKED || state == CADRE_STATE_DONE ?
	    PARKED : COMING;
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
 * those at rest, parked or done, are the very last resort.
 */
void
seats_choose(struct cadre_master *m)
{
	unsigned int n = 0;
	int err;

	m->choice_stale = false;
	for (enum fitness least = FIT; n == 0 && least < FITNESSES; least++)
		n = choosable(m, least);
	m->nchosen = n;
	/* First: see desk_may_shed(). */
	acceptor_routes(m, 0);
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
	for (unsigned int i = 0; m->nlisteners > 0 && i < n; i++)
		lives_listen(m, &m->seats[m->chosen[i]]);
}

/* What a worker's filter drops never comes to anybody. */
static void
filters_check(struct cadre_master *m, struct listener *l)
{
	int one, all = 0;

	for (unsigned int i = 0; i < l->nfds && !l->locked; i++) {
		one = listener_unfilter(l->fds[i]);
		all = one != 0 ? one : all;
		l->locked = one < 0;
	}
	if (all > 0)
		report_text(m, CADRE_EVENT_TROUBLE, NULL, "a worker put a "
		    "filter on a socket of %s; it is taken away", l->address);
	else if (all < 0)
		report_text(m, CADRE_EVENT_TROUBLE, NULL, "a worker put a "
		    "filter on a socket of %s, and locked it: what it drops is "
		    "lost until the app is stopped and started", l->address);
}

/* A worker can shut a socket for good, by a habit or by malice. */
void
listeners_check(struct cadre_master *m)
{
	struct listener *l;
	int err;

	for (l = m->listeners; l < m->listeners + m->nlisteners; l++) {
		if (l->door || l->family == AF_UNIX)
			continue;
		filters_check(m, l);
		if (listener_is_whole(l))
			continue;
		err = listener_again(l, m->workers);
		report_text(m, CADRE_EVENT_TROUBLE, NULL, "a worker shut a "
		    "listening socket of %s; all listen again%s%s, what was "
		    "queued is lost", l->address, err < 0 ? ": " : "",
		    err < 0 ? strerror(-err) : "");
		m->choice_stale = true;
	}
}
