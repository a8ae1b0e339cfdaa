/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a seat's worker is replaced: what the seat is at is its phase, and each
 * phase is a row of a table: a function that looks at the lives of the seat and
 * says what the next phase is.
 *
 * reload: the successor comes in the other slot of the seat, on the same
 * sockets, while the worker serves on. Only when it is ready it stands for the
 * seat, and the old one is told to finish. The first is the canary: no other
 * follows until it has stayed up for the minimum uptime, and for so long its
 * seat keeps the old worker, too.
 *
 * restart: the worker finishes and ends first, and its successor comes after
 * it, so nothing runs twice, and the seat is missing meanwhile.
 */
#include "runtime/phases.h"
#include "runtime/probe.h"
#include "runtime/reload.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "shm/clock.h"
#include "shm/fault.h"

static bool
is_under_way(const struct seat *s)
{
	return s->phase == PHASE_STOPS || s->phase == PHASE_COMES ||
	    s->phase == PHASE_PROVES;
}

static unsigned int
under_way(const struct cadre_master *m)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < m->nseats; i++)
		n += is_under_way(&m->seats[i]);
	return n;
}

/* Both slots are taken: one of this seat finishes still, from before. */
static void
held_up(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct life *l = seat_other(s);

	if ((m->reload.how.flags & CADRE_RELOAD_FORCE) != 0) {
		seat_input(m, s, l, KILL, now_ns);
		return;
	}
	if (s->told == l->row.generation)
		return;
	s->told = l->row.generation;
	report_text(m, CADRE_EVENT_WAITS, s, "for pid %llu, which finishes "
	    "what it has; both slots of the seat are taken until then; "
	    "--force cuts it", (unsigned long long)l->row.pid);
}

/* Of who comes. */
static uint64_t
version(const struct cadre_master *m)
{
	return m->reload.back ? m->version : m->reload.version;
}

/* A restart has nobody who could serve on. */
static bool
is_probed(const struct cadre_master *m)
{
	const struct reload *r = &m->reload;

	return !r->restart && !r->back && r->probe[0] != '\0';
}

/* A worker beside the one that serves. */
static enum phase
succeed(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct life *l = seat_other(s);

	if (l->pidfd >= 0) {
		held_up(m, s, now_ns);
		return PHASE_WAITS;
	}
	CADRE_FAULT_AT("reload.spawn");
	l->version = version(m);
	s->probe.wanted = is_probed(m);
	s->successor = true;
	seat_input(m, s, l, DUE, now_ns);
	if (l->pidfd >= 0)
		return PHASE_COMES;
	s->successor = false;
	reload_fail(m, s, "was not made");
	return PHASE_WAITS;
}

/* Where there is none: on the newest life's slot, at once. */
static enum phase
spawn_anew(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	CADRE_FAULT_AT("restart.spawn");
	s->tries = 0;
	seat_newest(s)->version = version(m);
	s->probe.wanted = is_probed(m);
	/* Before it may fail: then it has come, and is not there. */
	s->phase = PHASE_COMES;
	seat_input(m, s, seat_newest(s), DUE, now_ns);
	return PHASE_COMES;
}

static enum phase
waits(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct reload *r = &m->reload;
	struct life *l = seat_newest(s);

	if (under_way(m) >= (r->canary ? 1 : r->how.parallel))
		return PHASE_WAITS;
	switch (l->row.state) {
	case CADRE_STATE_UP:
		if (!r->restart)
			return succeed(m, s, now_ns);
		/* fallthrough */
	case CADRE_STATE_STARTING:
		if (!r->restart)
			return PHASE_WAITS;	/* it gets ready, or dies */
		seat_input(m, s, l, STOP, now_ns);
		return PHASE_STOPS;
	case CADRE_STATE_DRAINING:
		return r->restart ? PHASE_STOPS : PHASE_WAITS;
	default:
		return spawn_anew(m, s, now_ns);
	}
}

/* A restart: the old one first, then as of a seat that has none. */
static enum phase
stops(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	return seat_newest(s)->row.state == CADRE_STATE_DRAINING ? PHASE_STOPS :
	    spawn_anew(m, s, now_ns);
}

/* The old one leaves the accept set only now. */
static enum phase
relieve(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct life *old = seat_other(s);

	CADRE_FAULT_AT("reload.relieve");
	m->reload.replaced += !m->reload.back;
	if (old->pidfd < 0)
		return PHASE_DONE;
	if (old->row.state != CADRE_STATE_DRAINING)
		seat_input(m, s, old, STOP, now_ns);
	return PHASE_LEAVES;
}

static enum phase
comes(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct reload *r = &m->reload;
	const struct life *l = seat_newest(s);

	if (s->successor)
		return PHASE_COMES;
	if (l->row.state == CADRE_STATE_BACKOFF ||
	    l->row.state == CADRE_STATE_PARKED ||
	    l->row.state == CADRE_STATE_DONE)
		reload_fail(m, s, "is not ready");
	if (l->row.state != CADRE_STATE_UP)
		return PHASE_COMES;
	if (!r->canary)
		return relieve(m, s, now_ns);
	r->prove_ns = l->row.ready_ns +
	    (uint64_t)option(m, CADRE_MIN_UPTIME_MS) * NS_PER_MS;
	return PHASE_PROVES;
}

static enum phase
proves(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	if (now_ns < m->reload.prove_ns)
		return PHASE_PROVES;
	m->reload.canary = false;
	return relieve(m, s, now_ns);
}

static enum phase
leaves(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	(void)m;
	(void)now_ns;
	return seat_other(s)->pidfd < 0 ? PHASE_DONE : PHASE_LEAVES;
}

static enum phase (*const phases[PHASES])(struct cadre_master *,
    struct seat *, uint64_t now_ns) = {
	[PHASE_WAITS] = waits,
	[PHASE_STOPS] = stops,
	[PHASE_COMES] = comes,
	[PHASE_PROVES] = proves,
	[PHASE_LEAVES] = leaves,
};

/*
 * Who comes goes again. Who is ready is not needed where the old one is still
 * there; elsewhere it serves, and nobody else could at once. But one that was
 * asked and has not passed never does: its seat tries once more.
 */
void
phase_withdraw(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct life *l = seat_newest(s);

	probe_drop(s);
	if (!s->successor && l->asked &&
	    l->row.state == CADRE_STATE_STARTING && l->felled == NULL) {
		l->felled = "it has not passed the probe, and was killed";
		seat_input(m, s, l, FELLED, now_ns);
	} else if (s->successor) {
		s->successor = false;
		l = seat_other(s);
		if (l->row.state != CADRE_STATE_EMPTY)
			seat_input(m, s, l, KILL, now_ns);
	} else if ((s->phase == PHASE_COMES || s->phase == PHASE_PROVES) &&
	    seat_other(s)->row.state == CADRE_STATE_UP) {
		l = seat_newest(s);
		s->newest = 1 - s->newest;
		if (l->row.state != CADRE_STATE_EMPTY)
			seat_input(m, s, l, STOP, now_ns);
		m->choice_stale = true;
	}
}

/* True: nothing more to be done for it. */
bool
phase_go_on(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	enum phase before;

	if (!s->wanted)
		s->phase = PHASE_DONE;
	do {
		before = s->phase;
		if (before != PHASE_DONE && !m->reload.failed)
			s->phase = phases[before](m, s, now_ns);
		if (s->stuck) {
			phase_withdraw(m, s, now_ns);
			s->phase = PHASE_DONE;
		}
	} while (s->phase != before);
	return s->phase == PHASE_DONE;
}
