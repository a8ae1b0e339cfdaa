/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All workers are replaced, seat after seat. What a seat is at is its phase,
 * and each phase is a row of a table: a function that looks at the lives of
 * the seat and says what the next phase is.
 *
 * reload: the successor comes in the other slot of the seat, on the same
 * sockets, while the worker serves on. Only when it is ready it stands for the
 * seat, and the old one is told to finish. The first is the canary: no other
 * follows until it has stayed up for the minimum uptime, and for so long its
 * seat keeps the old worker, too. Whatever fails withdraws those who come; who
 * serves, serves on.
 *
 * restart: the worker finishes and ends first, one seat after another, so
 * nothing runs twice, and one seat is missing meanwhile.
 */
#include "runtime/export.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <cadre/error.h>

#include "runtime/clients.h"
#include "runtime/program.h"
#include "runtime/reload.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/fault.h"

static struct life *
newest(struct seat *s)
{
	return &s->lives[s->newest];
}

/* In the other slot: who comes, or who goes. */
static struct life *
other(struct seat *s)
{
	return &s->lives[1 - s->newest];
}

static unsigned int
seat_number(const struct cadre_master *m, const struct seat *s)
{
	return (unsigned int)(s - m->seats);
}

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

static const char *
verb(const struct cadre_master *m)
{
	return m->reload.restart ? "restart" : "reload";
}

static void
begin_asked(struct cadre_master *m)
{
	struct reload *r = &m->reload;

	r->how = r->asked;
	r->restart = r->asked_restart;
	r->number = r->asked_number;
	r->asked_number = 0;
	r->runs = true;
	r->canary = !r->restart && (r->how.flags & CADRE_RELOAD_NO_CANARY) == 0;
	r->begun_ns = clock_now_ns();
	r->replaced = 0;
	r->cut = 0;
	r->failed = false;
	for (unsigned int i = 0; i < m->nseats; i++)
		m->seats[i].phase = m->seats[i].wanted ? PHASE_WAITS :
		    PHASE_DONE;
	report_app(m, r->restart ? CADRE_EVENT_RESTARTING :
	    CADRE_EVENT_RELOADING, m->workers);
}

static void
report_end(struct cadre_master *m, int err, const char *why)
{
	struct reload *r = &m->reload;
	struct cadre_shm_event e;
	int n = 0;

	event_of(&e, r->restart ? CADRE_EVENT_RESTARTED :
	    CADRE_EVENT_RELOADED, m, NULL, NULL);
	e.duration_ns = clock_now_ns() - r->begun_ns;
	e.tries = r->replaced;
	if (err < 0)
		n = snprintf(e.text, sizeof(e.text), "ended early: %s", why);
	else if (r->cut > 0)
		n = snprintf(e.text, sizeof(e.text), "%llu connections were "
		    "cut at the drain timeout", (unsigned long long)r->cut);
	e.text_bytes = n < (int)sizeof(e.text) ? (uint32_t)n :
	    sizeof(e.text) - 1;
	report(m, &e);
}

/* A stop ends the one that waits as well, or has not begun. */
static void
asked_end(struct cadre_master *m, int err, const char *why)
{
	uint32_t number = m->reload.asked_number;

	if (number == 0 || m->state < CADRE_APP_STOPPING)
		return;
	m->reload.asked_number = 0;
	clients_reloaded(m, number, err, why);
}

void
reload_end(struct cadre_master *m, int err, const char *why)
{
	struct reload *r = &m->reload;

	asked_end(m, err, why);
	if (!r->runs)
		return;
	r->runs = r->failed = false;
	for (unsigned int i = 0; i < m->nseats; i++) {
		m->seats[i].phase = PHASE_DONE;
		m->seats[i].successor = false;
	}
	report_end(m, err, why);
	clients_reloaded(m, r->number, err, why);
}

/* Said at once, done when this turn's events are over: reload_go_on(). */
static void
fail(struct cadre_master *m, const struct seat *s, const char *what)
{
	struct reload *r = &m->reload;

	if (r->failed)
		return;
	r->failed = true;
	snprintf(r->why, sizeof(r->why), "the new worker of seat %u %s: %s; "
	    "%u of %u seats were replaced", seat_number(m, s), what,
	    m->last_words, r->replaced, m->workers);
}

void
reload_died(struct cadre_master *m, struct seat *s, struct life *l)
{
	if (!m->reload.runs)
		return;
	if (l->row.state == CADRE_STATE_DRAINING)
		m->reload.cut += l->cut;
	/* Ready and dead may be news of the same turn: still in COMES. */
	if ((s->phase == PHASE_COMES || s->phase == PHASE_PROVES) &&
	    l == (s->successor ? other(s) : newest(s)))
		fail(m, s, l->row.ready_ns == 0 ? "is not ready" :
		    "did not stay up");
}

/*
 * Who comes goes again. Who is ready is not needed where the old one is still
 * there; elsewhere it serves, and nobody else could at once.
 */
static void
withdraw(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct life *l;

	if (s->successor) {
		s->successor = false;
		l = other(s);
		if (l->row.state != CADRE_STATE_EMPTY)
			seat_input(m, s, l, KILL, now_ns);
	} else if ((s->phase == PHASE_COMES || s->phase == PHASE_PROVES) &&
	    other(s)->row.state == CADRE_STATE_UP) {
		l = newest(s);
		s->newest = 1 - s->newest;
		if (l->row.state != CADRE_STATE_EMPTY)
			seat_input(m, s, l, STOP, now_ns);
		m->choice_stale = true;
	}
}

/* Both slots are taken: one of this seat finishes still, from before. */
static void
held_up(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct life *l = other(s);

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

/* A worker beside the one that serves. */
static enum phase
succeed(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct life *l = other(s);

	if (l->pidfd >= 0) {
		held_up(m, s, now_ns);
		return PHASE_WAITS;
	}
	CADRE_FAULT_AT("reload.spawn");
	s->successor = true;
	seat_input(m, s, l, DUE, now_ns);
	if (l->pidfd >= 0)
		return PHASE_COMES;
	s->successor = false;
	fail(m, s, "was not made");
	return PHASE_WAITS;
}

/* Where there is none: on the newest life's slot, at once. */
static enum phase
spawn_anew(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	CADRE_FAULT_AT("restart.spawn");
	s->tries = 0;
	/* Before it may fail: then it has come, and is not there. */
	s->phase = PHASE_COMES;
	seat_input(m, s, newest(s), DUE, now_ns);
	return PHASE_COMES;
}

static enum phase
waits(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct reload *r = &m->reload;
	struct life *l = newest(s);

	if (under_way(m) >= (r->canary || r->restart ? 1 : r->how.parallel))
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
	return newest(s)->row.state == CADRE_STATE_DRAINING ? PHASE_STOPS :
	    spawn_anew(m, s, now_ns);
}

/* The old one leaves the accept set only now. */
static enum phase
relieve(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct life *old = other(s);

	CADRE_FAULT_AT("reload.relieve");
	m->reload.replaced++;
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
	const struct life *l = newest(s);

	if (s->successor)
		return PHASE_COMES;
	if (l->row.state == CADRE_STATE_BACKOFF ||
	    l->row.state == CADRE_STATE_PARKED ||
	    l->row.state == CADRE_STATE_DONE)
		fail(m, s, "is not ready");
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
	return other(s)->pidfd < 0 ? PHASE_DONE : PHASE_LEAVES;
}

static enum phase (*const phases[PHASES])(struct cadre_master *,
    struct seat *, uint64_t now_ns) = {
	[PHASE_WAITS] = waits,
	[PHASE_STOPS] = stops,
	[PHASE_COMES] = comes,
	[PHASE_PROVES] = proves,
	[PHASE_LEAVES] = leaves,
};

/* True: nothing more to be done for it. */
static bool
seat_go_on(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	enum phase before;

	if (!s->wanted)
		s->phase = PHASE_DONE;
	do {
		before = s->phase;
		if (before != PHASE_DONE && !m->reload.failed)
			s->phase = phases[before](m, s, now_ns);
	} while (s->phase != before);
	return s->phase == PHASE_DONE;
}

void
reload_go_on(struct cadre_master *m, uint64_t now_ns)
{
	struct reload *r = &m->reload;
	bool done = true;

	if (!r->runs && r->asked_number != 0)
		begin_asked(m);
	if (!r->runs)
		return;
	for (unsigned int i = 0; i < m->nseats; i++)
		done &= seat_go_on(m, &m->seats[i], now_ns);
	if (r->failed) {
		for (unsigned int i = 0; i < m->nseats; i++)
			withdraw(m, &m->seats[i], now_ns);
		reload_end(m, -ECHILD, r->why);
	} else if (done)
		reload_end(m, 0, "");
}

uint64_t
reload_deadline(const struct cadre_master *m)
{
	for (unsigned int i = 0; m->reload.runs && i < m->nseats; i++)
		if (m->seats[i].phase == PHASE_PROVES)
			return m->reload.prove_ns;
	/* One that waited for the end of another begins in the next turn. */
	return !m->reload.runs && m->reload.asked_number != 0 ? 1 : UINT64_MAX;
}

/* What can be known before anything is touched. */
static int
check(struct cadre_master *m)
{
	int err = master_runs(m);

	if (err < 0)
		return err;
	if (m->fn == NULL)
		return program_check(&m->program);
	return m->on_reload != NULL ? m->on_reload(m, m->on_reload_arg) : 0;
}

/* Those that one who waits does not want to wait for. */
static void
cut(struct cadre_master *m)
{
	uint64_t now_ns = clock_now_ns();

	for (struct seat *s = m->seats; s < m->seats + m->nseats; s++)
		if (s->phase == PHASE_LEAVES)
			seat_input(m, s, other(s), KILL, now_ns);
}

int
reload_ask(struct cadre_master *m, const struct cadre_reload *how,
    bool restart, uint32_t *ret_number)
{
	struct reload *r = &m->reload;
	int err;

	err = check(m);
	if (err < 0)
		return err;
	/* Of several that wait one is done, with what was asked for last. */
	r->asked = how != NULL ? *how : (struct cadre_reload){ .flags = 0 };
	if (r->asked.parallel == 0)
		r->asked.parallel = 1;
	r->asked_restart = restart;
	if (r->asked_number == 0)
		r->asked_number = ++r->numbers;
	*ret_number = r->asked_number;
	if (r->runs)
		report_text(m, CADRE_EVENT_WAITS, NULL, "for the %s that is "
		    "under way; --force cuts what old workers still have",
		    verb(m));
	if (r->runs && (r->asked.flags & CADRE_RELOAD_FORCE) != 0)
		cut(m);
	loop_arm(m);			/* it begins in the next turn */
	return 0;
}

int
cadre_master_reload(struct cadre_master *m, const struct cadre_reload *how)
{
	uint32_t number;

	return reload_ask(m, how, false, &number);
}

int
cadre_master_restart(struct cadre_master *m)
{
	uint32_t number;

	return reload_ask(m, NULL, true, &number);
}

int
cadre_master_on_reload(struct cadre_master *m, cadre_reload_fn *fn, void *arg)
{
	m->on_reload = fn;
	m->on_reload_arg = arg;
	return 0;
}
