/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One seat after another: its worker drains and ends, its successor gets
 * ready, then it is the next one's turn. So all seats but one serve, and a
 * successor that dies before it is ready ends the restart with the others as
 * they were. State is one seat number; every turn of the loop looks where
 * that seat is now.
 */
#include "runtime/export.h"

#include <errno.h>
#include <stdio.h>

#include <cadre/error.h>

#include "runtime/clients.h"
#include "runtime/report.h"
#include "runtime/restart.h"
#include "runtime/seat.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/fault.h"

static struct life *
newest(struct seat *s)
{
	return &s->lives[s->newest];
}

void
restart_end(struct cadre_master *m, int err, const char *why)
{
	struct cadre_shm_event e;
	int n;

	if (!m->restart.runs)
		return;
	m->restart.runs = false;
	event_of(&e, CADRE_EVENT_RESTARTED, m, NULL, NULL);
	e.duration_ns = clock_now_ns() - m->restart.begun_ns;
	e.tries = m->restart.replaced;
	if (err < 0) {
		n = snprintf(e.text, sizeof(e.text), "ended early: %s", why);
		e.text_bytes = n < (int)sizeof(e.text) ? (uint32_t)n :
		    sizeof(e.text) - 1;
	}
	report(m, &e);
	clients_restarted(m, err, why);
}

/* The successor died, or could not be forked: the rest are left alone. */
static void
failed(struct cadre_master *m, const struct seat *s)
{
	char why[640];

	snprintf(why, sizeof(why), "the new worker of seat %u is not ready: "
	    "%s; %u of %u seats were replaced",
	    (unsigned int)(s - m->seats), m->last_words, m->restart.replaced,
	    m->workers);
	restart_end(m, -ECHILD, why);
}

void
restart_died(struct cadre_master *m, const struct seat *s,
    const struct life *l)
{
	if (m->restart.runs && m->restart.coming && l->row.ready_ns == 0 &&
	    s == &m->seats[m->restart.seat])
		failed(m, s);
}

/* Take the seat's worker away, or give it one at once if it has none. */
static void
seat_begin(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct life *l = newest(s);

	switch (l->row.state) {
	case CADRE_STATE_STARTING:
	case CADRE_STATE_UP:
		seat_input(m, s, l, STOP, now_ns);
		break;
	case CADRE_STATE_EMPTY:
	case CADRE_STATE_BACKOFF:
	case CADRE_STATE_PARKED:
		CADRE_FAULT_AT("restart.spawn");
		s->tries = 0;
		m->restart.coming = true;
		seat_input(m, s, l, DUE, now_ns);
		break;
	}
}

/* True: this seat is done, it is the next one's turn. */
static bool
seat_go_on(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	const struct life *l = newest(s);

	if (!m->restart.coming) {
		if (l->row.state != CADRE_STATE_DRAINING)
			seat_begin(m, s, now_ns);
		return false;
	}
	if (l->row.state == CADRE_STATE_BACKOFF ||
	    l->row.state == CADRE_STATE_PARKED)
		failed(m, s);
	return l->row.state == CADRE_STATE_UP;
}

static void
seat_next(struct cadre_master *m)
{
	CADRE_FAULT_AT("restart.next");
	m->restart.coming = false;
	do
		m->restart.seat++;
	while (m->restart.seat < m->nseats && !m->seats[m->restart.seat].wanted);
}

void
restart_go_on(struct cadre_master *m, uint64_t now_ns)
{
	struct restart *r = &m->restart;

	while (r->runs && r->seat < m->nseats &&
	    seat_go_on(m, &m->seats[r->seat], now_ns)) {
		r->replaced++;
		seat_next(m);
	}
	if (r->runs && r->seat == m->nseats)
		restart_end(m, 0, "");
}

int
cadre_master_restart(struct cadre_master *m)
{
	if (m->in_worker)
		return -EPERM;
	if (!m->started)
		return cadre__fail(-EINVAL, "%s is not started", m->name);
	if (m->restart.runs)
		return cadre__fail(-EBUSY, "a restart of %s is under way; it is "
		    "at seat %u", m->name, m->restart.seat);
	if (m->state >= CADRE_APP_STOPPING)
		return cadre__fail(-EBUSY, "%s stops", m->name);
	m->restart = (struct restart){ .runs = true, .begun_ns = clock_now_ns() };
	if (!m->seats[0].wanted)
		seat_next(m);
	report_app(m, CADRE_EVENT_RESTARTING, m->workers);
	restart_go_on(m, clock_now_ns());
	loop_arm(m);
	return 0;
}
