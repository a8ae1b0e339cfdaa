/* SPDX-License-Identifier: BSD-2-Clause */
/* What is true of a master between any two turns; see claims.h. */
#include "t/sequence/claims.h"

#include <stdio.h>

#include "runtime/reload.h"
#include "runtime/seat.h"
#include "t/lib/tap.h"
#include "t/sequence/puppet.h"

#define SEATS_MAX	(PUPPETS_MAX / CADRE_SLOTS_PER_SEAT)

char claims_where[128];

static const struct cadre_master *m;
static unsigned int begun, ended;	/* reloads and restarts */
static bool emptied[SEATS_MAX];		/* on purpose, and not filled since */
static struct {
	bool		reloads;	/* a reload, no restart, ran before */
	uint64_t	up[SEATS_MAX];	/* the generation that was up; 0: none */
	bool		wanted[SEATS_MAX];
	bool		told;		/* to empty themselves, or scaled */
} before;

static void
show(void)
{
	const struct seat *s;

	for (unsigned int i = 0; i < m->nseats; i++) {
		s = &m->seats[i];
		diag("seat %u%s%s: newest %u, phase %u, states %u %u, "
		    "generations %u %u", i, s->wanted ? "" : ", unwanted",
		    s->successor ? ", a successor comes" : "", s->newest,
		    (unsigned int)s->phase,
		    (unsigned int)s->lives[0].row.state,
		    (unsigned int)s->lives[1].row.state,
		    (unsigned int)s->lives[0].row.generation,
		    (unsigned int)s->lives[1].row.generation);
	}
}

void
claim_that(bool is_so, const char *what)
{
	if (is_so)
		return;
	show();
	bail_out("%s: %s", claims_where, what);
}

static void
claim_seat(const struct seat *s, bool is_so, const char *what)
{
	char text[128];

	if (is_so)
		return;
	snprintf(text, sizeof(text), "seat %u: %s",
	    (unsigned int)(s - m->seats), what);
	claim_that(false, text);
}

void
claims_begin(const struct cadre_master *master)
{
	m = master;
	begun = ended = 0;
	for (unsigned int i = 0; i < SEATS_MAX; i++)
		emptied[i] = false;
}

void
claims_event(const struct cadre_shm_event *e, void *arg)
{
	(void)arg;
	begun += e->kind == CADRE_EVENT_RELOADING ||
	    e->kind == CADRE_EVENT_RESTARTING;
	ended += e->kind == CADRE_EVENT_RELOADED ||
	    e->kind == CADRE_EVENT_RESTARTED;
	/* It takes away on purpose, and may give the seat another at once. */
	if (e->kind == CADRE_EVENT_SCALED)
		before.told = true;
	claim_that(ended <= begun && begun <= ended + 1, "a reload begins and "
	    "ends once, and one after another");
}

void
claims_emptied(void)
{
	before.told = true;
	for (unsigned int i = 0; i < SEATS_MAX; i++)
		emptied[i] = true;
}

void
claims_before(void)
{
	const struct life *l;

	before.told = false;
	before.reloads = m->reload.runs && !m->reload.restart;
	for (unsigned int i = 0; i < m->nseats; i++) {
		before.wanted[i] = m->seats[i].wanted;
		before.up[i] = 0;
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++) {
			l = &m->seats[i].lives[k];
			if (l->row.state == CADRE_STATE_UP)
				before.up[i] = l->row.generation;
		}
	}
}

static bool
lives(const struct life *l)
{
	return l->row.state == CADRE_STATE_STARTING ||
	    l->row.state == CADRE_STATE_UP ||
	    l->row.state == CADRE_STATE_DRAINING;
}

/* There is something that will move it, and the timer is set for that. */
static void
life_moves(const struct seat *s, const struct life *l)
{
	const struct puppet *p = puppet_of(l);
	bool ends = p != NULL && (p->killed || p->dead);
	bool patient = m->state == CADRE_APP_STOPPING &&
	    m->stop == CADRE_STOP_PATIENT;

	claim_seat(s, l->deadline_ns == 0 || m->timer_ns <= l->deadline_ns,
	    "the timer is set for later than a deadline");
	switch (l->row.state) {
	case CADRE_STATE_STARTING:
		claim_seat(s, ends || l->deadline_ns != 0 ||
		    option(m, CADRE_READY_TIMEOUT_MS) == 0,
		    "it starts, and nobody waits for that");
		break;
	case CADRE_STATE_UP:
		claim_seat(s, l->deadline_ns == 0 || l->watched.hung,
		    "it is up, and has a deadline");
		break;
	case CADRE_STATE_DRAINING:
		claim_seat(s, ends || l->deadline_ns != 0 || patient,
		    "it drains without a deadline");
		break;
	case CADRE_STATE_BACKOFF:
		claim_seat(s, l->deadline_ns != 0, "it waits for no time");
		break;
	default:
		claim_seat(s, l->deadline_ns == 0, "a deadline of nothing");
	}
}

static void
life_is_allowed(const struct seat *s, const struct life *l)
{
	const struct puppet *p = puppet_of(l);

	claim_seat(s, l->row.state <= CADRE_STATE_PARKED, "no such state");
	claim_seat(s, (l->pidfd >= 0) == lives(l), "its state says that there "
	    "is a process, or none, and that is not so");
	claim_seat(s, (p != NULL) == (l->pidfd >= 0), "a pidfd of nobody");
	claim_seat(s, p == NULL || p->generation == l->row.generation,
	    "somebody else's generation");
	claim_seat(s, l->row.generation <= m->generations,
	    "a generation that was not handed out");
	life_moves(s, l);
}

static bool
is_for(const struct life *l)
{
	return l->row.state == CADRE_STATE_STARTING ||
	    l->row.state == CADRE_STATE_UP ||
	    l->row.state == CADRE_STATE_BACKOFF;
}

/* Two that serve, or will: only while one is to follow the other. */
static void
pair_is_allowed(const struct seat *s)
{
	const struct life *newest, *other;

	claim_seat(s, s->newest < CADRE_SLOTS_PER_SEAT, "newest");
	claim_seat(s, (unsigned int)s->phase < PHASES, "no such phase");
	newest = &s->lives[s->newest];
	other = &s->lives[1 - s->newest];
	claim_seat(s, !s->successor || (m->reload.runs &&
	    s->phase == PHASE_COMES && lives(other)),
	    "a successor that does not come");
	claim_seat(s, !is_for(newest) || !is_for(other) || (m->reload.runs &&
	    (s->phase == PHASE_COMES || s->phase == PHASE_PROVES)),
	    "two that serve, and neither is to go");
	claim_seat(s, m->reload.runs || s->phase == PHASE_DONE,
	    "a phase of no reload");
}

/* A wanted seat that has nobody gets somebody, or was given up. */
static void
seat_is_filled(const struct seat *s)
{
	const struct life *l = &s->lives[s->newest];
	bool *empty = &emptied[s - m->seats];

	if (is_for(l) || l->row.state == CADRE_STATE_PARKED)
		*empty = false;
	claim_seat(s, !s->wanted || *empty || m->state >= CADRE_APP_STOPPING ||
	    is_for(l) || l->row.state == CADRE_STATE_PARKED ||
	    (m->reload.runs && s->phase != PHASE_DONE &&
	    s->phase != PHASE_LEAVES), "it is wanted, and forgotten");
	claim_seat(s, s->wanted || !is_for(l), "nobody wants its worker");
}

/* Who is told to finish by a reload has somebody who serves in its place. */
static void
seat_has_capacity(const struct seat *s)
{
	unsigned int i = (unsigned int)(s - m->seats);
	const struct life *l;

	if (!before.reloads || before.told || !before.wanted[i] || !s->wanted ||
	    m->state >= CADRE_APP_STOPPING)
		return;
	for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++) {
		l = &s->lives[k];
		if (l->row.state == CADRE_STATE_DRAINING &&
		    l->row.generation == before.up[i])
			claim_seat(s, s->lives[1 - k].row.state ==
			    CADRE_STATE_UP, "a reload took its worker");
	}
}

void
claims_after(void)
{
	unsigned int wanted = 0;

	for (const struct seat *s = m->seats; s < m->seats + m->nseats; s++) {
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
			life_is_allowed(s, &s->lives[k]);
		pair_is_allowed(s);
		seat_is_filled(s);
		seat_has_capacity(s);
		wanted += s->wanted;
	}
	claim_that(wanted == m->workers, "as many seats are wanted as workers");
	claim_that(begun - ended == (m->reload.runs ? 1 : 0), "a reload runs "
	    "that did not begin, or has ended");
	claim_that(!m->reload.runs || m->state < CADRE_APP_STOPPING,
	    "a stop wins over a reload");
	claim_that(m->timer_ns <= reload_deadline(m), "the timer is set for "
	    "later than a reload");
}

bool
claims_calm(void)
{
	const struct life *l;

	if (m->reload.runs || m->reload.asked_number != 0)
		return false;
	for (const struct seat *s = m->seats; s < m->seats + m->nseats; s++) {
		l = &s->lives[s->newest];
		if (s->lives[1 - s->newest].pidfd >= 0 || (s->wanted &&
		    !emptied[s - m->seats] && l->row.state != CADRE_STATE_UP &&
		    l->row.state != CADRE_STATE_PARKED))
			return false;
	}
	return true;
}

void
claims_ended(void)
{
	for (const struct seat *s = m->seats; s < m->seats + m->nseats; s++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
			claim_seat(s, s->lives[k].row.state ==
			    CADRE_STATE_EMPTY, "the app has stopped");
	for (unsigned int i = 0; i < PUPPETS_MAX; i++)
		claim_that(puppets[i].generation == 0, "a worker is left");
	claim_that(begun == ended, "each reload has ended");
}
