/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All workers are replaced, seat after seat: how it goes for one seat stands in
 * phases.c. One runs at a time, and of those that are asked for meanwhile one
 * more waits. Whatever fails withdraws those who come; who serves, serves on.
 */
#include "runtime/export.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <cadre/error.h>

#include "runtime/clients.h"
#include "runtime/phases.h"
#include "runtime/program.h"
#include "runtime/reload.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/fault.h"

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
void
reload_fail(struct cadre_master *m, const struct seat *s, const char *what)
{
	struct reload *r = &m->reload;

	if (r->failed)
		return;
	r->failed = true;
	snprintf(r->why, sizeof(r->why), "the new worker of seat %u %s: %s; "
	    "%u of %u seats were replaced", (unsigned int)(s - m->seats), what,
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
	    l == (s->successor ? seat_other(s) : seat_newest(s)))
		reload_fail(m, s, l->row.ready_ns == 0 ? "is not ready" :
		    "did not stay up");
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
		done &= phase_go_on(m, &m->seats[i], now_ns);
	if (r->failed) {
		for (unsigned int i = 0; i < m->nseats; i++)
			phase_withdraw(m, &m->seats[i], now_ns);
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
			seat_input(m, s, seat_other(s), KILL, now_ns);
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
