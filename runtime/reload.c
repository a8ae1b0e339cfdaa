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
#include "runtime/probe.h"
#include "runtime/program.h"
#include "runtime/reload.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/fault.h"

#define WORDS_BYTES	220	/* of a death, in why[] and an event */
#define WORDS_HEAD	100

static const char *
verb(const struct cadre_master *m)
{
	return m->reload.restart ? "restart" : "reload";
}

/* Each BEGIN that was agreed to is followed by one END or UNDO. */
static int
hook(struct cadre_master *m, enum cadre_reload_step step)
{
	return m->fn != NULL && m->on_reload != NULL ?
	    m->on_reload(m, step, m->on_reload_arg) : 0;
}

/* What the new workers shall be: a file as it is now, or the hook's doing. */
static int
version_open(struct cadre_master *m)
{
	struct reload *r = &m->reload;
	int err = 0;

	if (!r->hooked)
		err = hook(m, CADRE_RELOAD_BEGIN);
	r->hooked = err == 0;
	if (err == 0 && m->fn == NULL)
		err = image_open(&r->image, m->program.path);
	return err;
}

static void
version_close(struct cadre_master *m, bool taken)
{
	struct reload *r = &m->reload;

	if (taken) {
		m->version = r->version;
		image_close(&m->image);
		m->image = r->image;
		r->image = (struct image)IMAGE_NONE;
	}
	image_close(&r->image);
	if (r->hooked)
		(void)hook(m, taken ? CADRE_RELOAD_END : CADRE_RELOAD_UNDO);
	r->hooked = false;
}

const struct image *
reload_image(struct cadre_master *m, struct life *l)
{
	const struct reload *r = &m->reload;

	/* What the hook has changed in us is in everyone that is forked. */
	if (r->runs && !r->back && m->fn != NULL && m->on_reload != NULL)
		l->version = r->version;
	if (r->runs && !r->back && l->version == r->version)
		return &r->image;
	l->version = m->version;
	return &m->image;
}

static void
begin_asked(struct cadre_master *m)
{
	struct reload *r = &m->reload;
	int err;

	r->how = r->asked;
	memcpy(r->probe, r->asked_probe, sizeof(r->probe));
	r->restart = r->asked_restart;
	r->number = r->asked_number;
	r->asked_number = 0;
	r->runs = true;
	r->canary = !r->restart && (r->how.flags & CADRE_RELOAD_NO_CANARY) == 0;
	r->begun_ns = clock_now_ns();
	r->version = ++m->versions;
	r->replaced = r->stuck = 0;
	r->cut = 0;
	r->failed = r->back = r->undoes = false;
	for (struct seat *s = m->seats; s < m->seats + m->nseats; s++) {
		s->phase = s->wanted ? PHASE_WAITS : PHASE_DONE;
		s->stuck = false;
	}
	report_app(m, r->restart ? CADRE_EVENT_RESTARTING :
	    CADRE_EVENT_RELOADING, m->workers);
	err = version_open(m);
	if (err == 0)
		return;
	r->failed = true;
	snprintf(r->why, sizeof(r->why), "%s", cadre_error(err));
}

/* How it ended, for the event of it, and for who asked for it. */
static void
end_text(const struct cadre_master *m, char *text, size_t bytes)
{
	const struct reload *r = &m->reload;
	const char *now = r->stuck > 0 ? ", and not all of them could be taken "
	    "back" : r->replaced > 0 ? ", and are back at the version before" :
	    "; where one was stopped the version before comes again";

	if (!r->undoes)		/* a script, of which no version is kept */
		now = r->replaced == 0 || m->fn != NULL ? "" : ", and stay so; "
		    "put the file from before there, and reload";
	snprintf(text, bytes, "%s; %u of %u seats were replaced%s", r->why,
	    r->replaced, m->workers, now);
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
	if (!m->reload.runs)
		version_close(m, false);
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
	version_close(m, err == 0);
	for (unsigned int i = 0; i < m->nseats; i++) {
		m->seats[i].phase = PHASE_DONE;
		m->seats[i].successor = false;
		probe_drop(&m->seats[i]);
	}
	report_end(m, err, why);
	clients_reloaded(m, r->number, err, why);
}

/*
 * There is room for so much of a death only. The end of the last words names
 * the error, as in a traceback; the beginning, the seat and the exit code.
 */
static void
why_say(struct cadre_master *m, unsigned int seat, const char *what)
{
	const char *words = m->last_words;
	size_t n = strlen(words);
	int head = n > WORDS_BYTES ? WORDS_HEAD : (int)n;

	snprintf(m->reload.why, sizeof(m->reload.why), "the new worker of "
	    "seat %u %s: %.*s%s%s", seat, what, head, words,
	    n > WORDS_BYTES ? " ... " : "", n > WORDS_BYTES ?
	    words + n - (WORDS_BYTES - WORDS_HEAD) : "");
}

void
reload_fail(struct cadre_master *m, struct seat *s, const char *what)
{
	struct reload *r = &m->reload;
	unsigned int seat = (unsigned int)(s - m->seats);

	if (r->back) {
		r->stuck += !s->stuck;
		s->stuck = true;
		report_text(m, CADRE_EVENT_TROUBLE, s, "it stays with the new "
		    "version: the worker of the one before %s", what);
	} else if (!r->failed) {
		r->failed = true;
		why_say(m, seat, what);
	}
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
		reload_fail(m, s, l->row.ready_ns != 0 ? "did not stay up" :
		    l->late ? "was not ready within the ready timeout" :
		    "is not ready");
}

/*
 * Seats that were replaced already get the version before once more: a program
 * whose file is kept, or functions whose master was told to undo. Elsewhere
 * what would come is what is there.
 */
static bool
can_go_back(const struct cadre_master *m)
{
	const struct reload *r = &m->reload;

	if (!r->hooked)
		return false;
	if (m->fn != NULL)
		return m->on_reload != NULL;
	return m->image.kept && r->image.fd >= 0 &&
	    image_differs(&m->image, &r->image);
}

/*
 * True: some have to. One that a restart has stopped already shall have a
 * worker in any case, of the version before.
 */
static bool
go_back(struct cadre_master *m)
{
	bool undo = can_go_back(m), stopped = false;
	struct reload *r = &m->reload;
	unsigned int n = 0;

	for (struct seat *s = m->seats; s < m->seats + m->nseats; s++) {
		s->stuck = false;
		if (s->wanted && s->phase == PHASE_STOPS) {
			stopped = true;
		} else if (s->wanted && undo &&
		    seat_newest(s)->version == r->version) {
			s->phase = PHASE_WAITS;
			n++;
		} else
			s->phase = PHASE_DONE;
	}
	if (n == 0 && !stopped)
		return false;
	r->failed = r->canary = false;
	r->back = true;
	r->undoes = n > 0;
	version_close(m, false);
	if (n > 0)
		report_text(m, CADRE_EVENT_BACK, NULL, "%s; %u seats go back "
		    "to the version before", r->why, n);
	return true;
}

static void
fail_now(struct cadre_master *m, uint64_t now_ns)
{
	char text[500];

	for (unsigned int i = 0; i < m->nseats; i++)
		phase_withdraw(m, &m->seats[i], now_ns);
	if (m->state < CADRE_APP_STOPPING && go_back(m))
		return;
	end_text(m, text, sizeof(text));
	reload_end(m, -ECHILD, text);
}

void
reload_probed(struct cadre_master *m, struct seat *s, struct life *l,
    bool passed, uint64_t now_ns)
{
	if (passed)
		seat_input(m, s, l, READY, now_ns);
	else if (m->reload.runs)
		reload_fail(m, s, "does not pass the probe");
}

void
reload_go_on(struct cadre_master *m, uint64_t now_ns)
{
	struct reload *r = &m->reload;
	char text[500];
	bool done = true;

	if (!r->runs && r->asked_number != 0)
		begin_asked(m);
	if (!r->runs)
		return;
	for (unsigned int i = 0; i < m->nseats; i++)
		done &= phase_go_on(m, &m->seats[i], now_ns);
	if (r->failed)
		fail_now(m, now_ns);
	else if (done && r->back) {
		end_text(m, text, sizeof(text));
		reload_end(m, -ECHILD, text);
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
	if (m->reload.runs || m->reload.hooked)
		return 0;		/* it is asked when this one begins */
	err = hook(m, CADRE_RELOAD_BEGIN);
	m->reload.hooked = err == 0;
	return err;
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

static int
check_how(const struct cadre_reload *how)
{
	if ((how->flags & ~(uint32_t)CADRE_RELOAD_ALL) != 0)
		return cadre__fail(-EINVAL, "flags %#x of a reload are not "
		    "known here", how->flags);
	if (how->probe != NULL && strlen(how->probe) >= CADRE_PROBE_BYTES)
		return cadre__fail(-EINVAL, "a probe is a command of at most "
		    "%d bytes; put a longer one into a file",
		    CADRE_PROBE_BYTES - 1);
	return 0;
}

/* Of several that wait one is done, with what was asked for last. */
static void
ask(struct cadre_master *m, const struct cadre_reload *how, bool restart)
{
	struct reload *r = &m->reload;
	const char *probe = how->probe != NULL ? how->probe : m->probe;

	if (probe == NULL || (how->flags & CADRE_RELOAD_NO_PROBE) != 0)
		probe = "";
	r->asked = *how;
	r->asked.probe = NULL;
	strcpy(r->asked_probe, probe);
	if (r->asked.parallel == 0)
		r->asked.parallel = 1;
	if (r->asked.probe_timeout_ms == 0)
		r->asked.probe_timeout_ms =
		    (uint32_t)option(m, CADRE_PROBE_TIMEOUT_MS);
	r->asked_restart = restart;
	if (r->asked_number == 0)
		r->asked_number = ++r->numbers;
}

int
reload_ask(struct cadre_master *m, const struct cadre_reload *how,
    bool restart, uint32_t *ret_number)
{
	static const struct cadre_reload usual;
	struct reload *r = &m->reload;
	int err;

	if (how == NULL)
		how = &usual;
	err = check_how(how);
	if (err == 0)
		err = check(m);
	if (err < 0)
		return err;
	ask(m, how, restart);
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
cadre_master_restart(struct cadre_master *m, const struct cadre_reload *how)
{
	uint32_t number;

	return reload_ask(m, how, true, &number);
}

int
cadre_master_on_reload(struct cadre_master *m, cadre_reload_fn *fn, void *arg)
{
	m->on_reload = fn;
	m->on_reload_arg = arg;
	return 0;
}
