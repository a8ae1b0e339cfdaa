/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many workers there are is how many seats are wanted. A seat that is not
 * wanted any more keeps its sockets, so no queue is closed: it is out of
 * choice, its worker drains, and what waits there is rescued.
 */
#include "runtime/export.h"

#include <errno.h>
#include <stdio.h>

#include <cadre/error.h>

#include "runtime/doors.h"
#include "runtime/probe.h"
#include "runtime/report.h"
#include "runtime/scale.h"
#include "runtime/seat.h"
#include "shm/clock.h"
#include "shm/fail.h"

static bool
is_free(const struct seat *s)
{
	return !s->wanted && (s->lives[0].pidfd < 0 || s->lives[1].pidfd < 0);
}

/* A worker in a slot that nobody writes, if another still finishes. */
static void
seat_add(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	unsigned int slot = s->lives[s->newest].pidfd < 0 ? s->newest :
	    1 - s->newest;

	s->wanted = true;
	s->phase = m->reload.runs && !m->reload.back ? PHASE_WAITS :
	    PHASE_DONE;
	s->tries = 0;
	s->newest = slot;
	s->lives[slot].version = m->version;
	if ((unsigned int)(s - m->seats) >= m->used)
		m->used = (unsigned int)(s - m->seats) + 1;
	seat_input(m, s, &s->lives[slot], DUE, now_ns);
}

static int
add(struct cadre_master *m, unsigned int n, uint64_t now_ns)
{
	unsigned int room = 0;

	for (unsigned int i = 0; i < m->nseats; i++)
		room += is_free(&m->seats[i]);
	if (room < n)
		return cadre__fail(-EBUSY, "%u workers are wanted, and %u seats "
		    "are free: in the others two workers each still finish "
		    "what they have; try again, or see CADRE_DRAIN_TIMEOUT_MS",
		    m->workers + n, room);
	for (struct seat *s = m->seats; n > 0; s++)
		if (is_free(s)) {
			seat_add(m, s, now_ns);
			n--;
		}
	return 0;
}

/* One that does not serve, then who has least to finish, then the youngest. */
static bool
goes_before(const struct cadre_master *m, const struct seat *a,
    const struct seat *b)
{
	const struct life *la = &a->lives[a->newest], *lb = &b->lives[b->newest];
	bool up_a = la->row.state == CADRE_STATE_UP;
	bool up_b = lb->row.state == CADRE_STATE_UP;
	uint64_t open_a, open_b;

	if (up_a != up_b)
		return up_b;
	open_a = cadre__anchor_open_word(m->anchor, slot_of(m, a, la));
	open_b = cadre__anchor_open_word(m->anchor, slot_of(m, b, lb));
	if (up_a && open_a != open_b)
		return open_a < open_b;
	return la->row.generation > lb->row.generation;
}

static void
take_away(struct cadre_master *m, unsigned int n, uint64_t now_ns)
{
	struct seat *goes;

	for (; n > 0; n--) {
		goes = NULL;
		for (struct seat *s = m->seats; s < m->seats + m->nseats; s++)
			if (s->wanted && (goes == NULL ||
			    goes_before(m, s, goes)))
				goes = s;
		goes->wanted = goes->successor = false;
		/* What becomes of its workers is no news of a reload. */
		goes->phase = PHASE_DONE;
		probe_drop(goes);
		for (unsigned int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
			seat_input(m, goes, &goes->lives[k], STOP, now_ns);
	}
}

void
seats_publish(struct cadre_master *m)
{
	for (unsigned int i = 0; i < m->nseats; i++) {
		cadre__anchor_seat(m->anchor, i, m->seats[i].wanted);
		doors_publish(m, i);
	}
}

static int
check(const struct cadre_master *m, int n)
{
	int err = master_runs(m);

	if (err < 0)
		return err;
	if (n < 1)
		return cadre__fail(-EINVAL, "%d workers are too few: at least "
		    "1, or stop the app", n);
	if ((unsigned int)n > m->nseats)
		return cadre__fail(-ENOSPC, "%d workers are more than the %u "
		    "seats that were made at the start; start it with more "
		    "(CADRE_MAX_WORKERS, or --max-workers of start and run)", n, m->nseats);
	return 0;
}

int
cadre_master_scale(struct cadre_master *m, int n)
{
	uint64_t now_ns = clock_now_ns();
	int err;

	if (n == CADRE_WORKERS_MAX)
		n = cadre_cpus(NULL);
	err = check(m, n);
	if (err < 0 || (unsigned int)n == m->workers)
		return err;
	if ((unsigned int)n > m->workers)
		err = add(m, (unsigned int)n - m->workers, now_ns);
	else
		take_away(m, m->workers - (unsigned int)n, now_ns);
	if (err < 0)
		return err;
	m->workers = (unsigned int)n;
	m->choice_stale = true;
	seats_publish(m);
	cadre__anchor_state(m->anchor, m->state, m->workers);
	report_app(m, CADRE_EVENT_SCALED, m->workers);
	loop_arm(m);
	return 0;
}

int
scale_by(struct cadre_master *m, int by)
{
	int n = (int)m->workers + by, err = master_runs(m);

	if (err < 0 || n >= 1)
		return err < 0 ? err : cadre_master_scale(m, n);
	return cadre__fail(-EINVAL, "%d fewer are too many of %u workers: at "
	    "least 1 stays, or stop the app", -by, m->workers);
}
