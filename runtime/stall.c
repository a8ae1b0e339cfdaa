/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker is stalled when one turn takes longer than T, when a signal has
 * stopped it, or when connections wait for it and it took none for T. Each is
 * told by the kernel or by one word of the worker (M4), and a lie in that word
 * excludes the liar or does not.
 *
 * Time counts here only as far as the master itself ran: if this look is late,
 * by a pause of the whole group, of the machine or by an embedder's own loop,
 * the delay is left out. So nobody is called hung who could not run either.
 *
 * Who looks: nothing happens between the base ticks until a connection comes;
 * listeners and hand-overs stand one-shot in the epoll. It starts looks each
 * T/2, which end, and arm those again, after a second without change.
 */
#include <string.h>

#include <sys/wait.h>

#include "runtime/acceptor.h"
#include "runtime/overdue.h"
#include "runtime/queues.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "runtime/stall.h"
#include "runtime/topics.h"
#include "shm/clock.h"
#include "shm/fault.h"
#include "shm/proc.h"

#define QUIET_NS	NS_PER_S	/* without change: no more looks */
#define AGAIN_NS	NS_PER_S	/* one who took nothing is tried again */

static uint64_t
limit_ns(const struct cadre_master *m)
{
	return (uint64_t)option(m, CADRE_STALL_MS) * NS_PER_MS;
}

int
stall_open(struct cadre_master *m, uint64_t now_ns)
{
	m->watch = (struct watch){ .last_ns = now_ns, .run_ns = 1,
	    .look_ns = m->tick_ns };
	return queues_arm(m);
}

void
stall_queue(struct cadre_master *m, uint32_t index, uint32_t serial,
    uint32_t events)
{
	uint64_t now_ns = clock_now_ns();

	(void)index;
	(void)serial;
	(void)events;
	m->watch.changed_ns = now_ns;
	if (m->watch.ticks || limit_ns(m) == 0)
		return;
	m->watch.ticks = true;
	if (m->watch.look_ns > now_ns + limit_ns(m) / 2)
		m->watch.look_ns = now_ns + limit_ns(m) / 2;
}

uint64_t
stall_deadline(const struct cadre_master *m)
{
	return m->watch.look_ns;
}

/*
 * Has a signal stopped it? True: that has changed. Each time it is stopped
 * others must not wait for it, also if it went on in between, unseen.
 */
static bool
stops_look(struct cadre_master *m, struct life *l)
{
	bool was = l->watched.stopped, anew = false;
	siginfo_t info;

	for (;;) {
		info.si_pid = 0;
		if (waitid(P_PIDFD, (id_t)l->pidfd, &info, WSTOPPED |
		    WCONTINUED | WNOHANG) < 0 || info.si_pid == 0)
			break;
		l->watched.stopped = info.si_code != CLD_CONTINUED;
		anew |= l->watched.stopped;
	}
	if (anew)
		topics_silent(m, l);
	return l->watched.stopped != was;
}

/* How long this turn has taken, as far as we ran. */
static uint64_t
busy_ns(const struct cadre_master *m, const struct seat *s, struct life *l,
    uint64_t now_ns, uint64_t ran_ns)
{
	struct watched *w = &l->watched;
	uint64_t since_ns, age_ns;

	since_ns = cadre__anchor_busy_word(m->anchor, slot_of(m, s, l));
	/* From before its birth, of an earlier life; or from the future. */
	if (since_ns <= l->row.spawned_ns || since_ns >= now_ns) {
		w->busy_since_ns = 0;
		return 0;
	}
	if (since_ns != w->busy_since_ns) {
		age_ns = now_ns - since_ns;
		w->busy_since_ns = since_ns;
		w->busy_run_ns = m->watch.run_ns -
		    (age_ns < ran_ns ? age_ns : ran_ns);
	}
	return m->watch.run_ns - w->busy_run_ns;
}

/* What waits for this worker alone: on its own sockets, and handed over. */
static uint64_t
queue_of(const struct cadre_master *m, unsigned int seat)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < m->nlisteners; i++) {
		if (listener_each(&m->listeners[i]))
			n += listener_queue(&m->listeners[i], seat);
		n += handover_unpicked(acceptor_handover(m, seat, i)->worker);
	}
	return n;
}

/* For how long something waits for it, and it took nothing. */
static uint64_t
unserved_ns(struct cadre_master *m, const struct seat *s, struct life *l,
    uint64_t now_ns)
{
	unsigned int slot = slot_of(m, s, l);
	uint64_t accepted, queue = queue_of(m, (unsigned int)(s - m->seats));
	struct watched *w = &l->watched;
	bool took;

	if (queue > 0 && l->row.queue_since_ns == 0)
		l->row.queue_since_ns = now_ns;
	if (queue == 0)
		l->row.queue_since_ns = 0;
	l->row.queue = queue;
	accepted = cadre__anchor_accepted_word(m->anchor, slot);
	took = accepted != w->accepted;
	w->accepted = accepted;
	if (took)
		m->watch.changed_ns = now_ns;
	if (took || queue > 0)
		w->waited_run_ns = m->watch.run_ns;
	/* Emptied by a rescue it is not yet one who takes: in a second again. */
	if (took || (l->row.flags & (CADRE_LIFE_FULL | CADRE_LIFE_LEFT)) != 0 ||
	    (queue == 0 &&
	    (l->row.cause != CADRE_CAUSE_QUEUE ||
	    m->watch.run_ns - w->waited_run_ns > AGAIN_NS)))
		w->unserved_run_ns = 0;
	else if (w->unserved_run_ns == 0)
		w->unserved_run_ns = m->watch.run_ns;
	return w->unserved_run_ns != 0 ?
	    m->watch.run_ns - w->unserved_run_ns : 0;
}

static uint64_t
cause_of(const struct life *l, uint64_t busy, uint64_t unserved,
    uint64_t limit)
{
	if (l->watched.stopped)
		return CADRE_CAUSE_STOPPED;
	if (busy <= limit)
		return unserved > limit ? CADRE_CAUSE_QUEUE : CADRE_CAUSE_NONE;
	/* Asked once: what it does later is no news. */
	if (l->row.cause == CADRE_CAUSE_BUSY ||
	    l->row.cause == CADRE_CAUSE_BLOCKED ||
	    l->row.cause == CADRE_CAUSE_DISK)
		return l->row.cause;
	switch (cadre__proc_state((int)l->row.pid)) {
	case 'D':
		return CADRE_CAUSE_DISK;
	case 'S':
		return CADRE_CAUSE_BLOCKED;
	default:
		return CADRE_CAUSE_BUSY;
	}
}

static void
report_stall(struct cadre_master *m, uint32_t kind, const struct seat *s,
    const struct life *l, uint64_t cause, uint64_t duration_ns)
{
	struct cadre_shm_event e;

	event_of(&e, kind, m, s, l);
	e.cause = cause;
	e.duration_ns = duration_ns;
	report(m, &e);
}

static void
stall_begins(struct cadre_master *m, const struct seat *s, struct life *l,
    uint64_t cause, uint64_t for_ns, uint64_t now_ns)
{
	report_stall(m, CADRE_EVENT_STALLED, s, l, cause, for_ns);
	l->row.cause = cause;
	l->row.stalled_ns = now_ns - for_ns;
	l->watched.stalled_run_ns = m->watch.run_ns > for_ns ?
	    m->watch.run_ns - for_ns : 1;
	m->choice_stale = true;
}

static void
stall_ends(struct cadre_master *m, const struct seat *s, struct life *l,
    uint64_t now_ns)
{
	report_stall(m, CADRE_EVENT_RESUMED, s, l, l->row.cause,
	    now_ns - l->row.stalled_ns);
	l->row.cause = CADRE_CAUSE_NONE;
	l->row.stalled_ns = l->watched.stalled_run_ns = 0;
	m->choice_stale = true;
}

/* Stalled for too long: told with its last state, then ended by seat.c. */
static void
hang_check(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	uint64_t hang_ns = (uint64_t)option(m, CADRE_HANG_MS) * NS_PER_MS;
	struct watched *w = &l->watched;

	if (hang_ns == 0 || w->stalled_run_ns == 0 || w->hung)
		return;
	if (m->watch.run_ns >= w->stalled_run_ns + hang_ns) {
		w->hung = true;
		seat_input(m, s, l, HUNG, now_ns);
		return;
	}
	hang_ns += w->stalled_run_ns;
	if (m->watch.hang_run_ns == 0 || hang_ns < m->watch.hang_run_ns)
		m->watch.hang_run_ns = hang_ns;
}

static void
full_look(struct cadre_master *m, const struct seat *s, struct life *l)
{
	bool full = cadre__anchor_gate_word(m->anchor, slot_of(m, s, l)) ==
	    CADRE_GATE_FULL;

	if (full == ((l->row.flags & CADRE_LIFE_FULL) != 0))
		return;
	l->row.flags ^= CADRE_LIFE_FULL;
	m->choice_stale = true;
}

static void
seat_look(struct cadre_master *m, struct seat *s, uint64_t now_ns,
    uint64_t ran_ns)
{
	struct life *l = &s->lives[s->newest];
	uint64_t limit = limit_ns(m), busy, unserved, cause;
	struct cadre_shm_life before;

	if (l->row.state != CADRE_STATE_UP ||
	    (l->row.flags & CADRE_LIFE_ATTACHED) == 0)
		return;
	before = l->row;
	full_look(m, s, l);
	(void)stops_look(m, l);
	busy = busy_ns(m, s, l, now_ns, ran_ns);
	unserved = unserved_ns(m, s, l, now_ns);
	cause = limit == 0 ? CADRE_CAUSE_NONE :
	    cause_of(l, busy, unserved, limit);
	if (cause != CADRE_CAUSE_NONE && l->row.stalled_ns == 0)
		stall_begins(m, s, l, cause, cause == CADRE_CAUSE_STOPPED ? 0 :
		    cause == CADRE_CAUSE_QUEUE ? unserved : busy, now_ns);
	else if (cause == CADRE_CAUSE_NONE && l->row.stalled_ns != 0)
		stall_ends(m, s, l, now_ns);
	if (l->row.stalled_ns != 0)
		m->watch.changed_ns = now_ns;
	if (memcmp(&before, &l->row, sizeof(before)) != 0)
		cadre__anchor_life(m->anchor, slot_of(m, s, l), &l->row);
	hang_check(m, s, l, now_ns);
}

/* Time since the last look, without what this one is late by. */
static uint64_t
run_on(struct cadre_master *m, uint64_t now_ns)
{
	struct watch *w = &m->watch;
	uint64_t until_ns = now_ns, ran_ns;

	if (now_ns > w->look_ns && now_ns - w->look_ns > limit_ns(m) / 2)
		until_ns = w->look_ns;
	ran_ns = until_ns > w->last_ns ? until_ns - w->last_ns : 0;
	w->run_ns += ran_ns;
	w->last_ns = now_ns;
	return ran_ns;
}

void
stall_look(struct cadre_master *m, uint64_t now_ns)
{
	struct watch *w = &m->watch;
	uint64_t since_ns = now_ns - w->last_ns;
	uint64_t ran_ns = run_on(m, now_ns), left_ns, overdue_ns;

	CADRE_FAULT_AT("stall.look");
	w->hang_run_ns = 0;
	for (struct seat *s = m->seats; s < m->seats + m->nseats; s++)
		seat_look(m, s, now_ns, ran_ns);
	overdue_ns = overdue_look(m, now_ns, since_ns - ran_ns);
	queues_look(m, now_ns, limit_ns(m));
	if (!w->ticks && limit_ns(m) > 0 && now_ns == w->changed_ns)
		w->ticks = true;	/* it came and went between two looks */
	if (w->ticks && now_ns - w->changed_ns > QUIET_NS) {
		w->ticks = false;
		(void)queues_arm(m);
	}
	w->look_ns = m->tick_ns;
	if (w->ticks && w->look_ns > now_ns + limit_ns(m) / 2)
		w->look_ns = now_ns + limit_ns(m) / 2;
	left_ns = w->hang_run_ns > w->run_ns ? w->hang_run_ns - w->run_ns : 1;
	if (w->hang_run_ns != 0 && w->look_ns > now_ns + left_ns)
		w->look_ns = now_ns + left_ns;
	if (overdue_ns != 0 && w->look_ns > overdue_ns)
		w->look_ns = overdue_ns;
}

void
stall_stops(struct cadre_master *m)
{
	uint64_t now_ns = clock_now_ns();
	struct life *l;

	for (struct seat *s = m->seats; s < m->seats + m->nseats; s++) {
		l = &s->lives[s->newest];
		/* A look that is late stays so: see run_on(). */
		if (l->pidfd >= 0 && !l->traced && stops_look(m, l) &&
		    m->watch.look_ns > now_ns)
			m->watch.look_ns = now_ns;
	}
}
