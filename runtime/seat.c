/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policy is the table, mechanism is seat_input(). Each row of it is what an
 * input does to a worker in a state: the state that follows, and an action
 * that may answer with another input.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cadre/error.h>
#include <cadre/region.h>

#include "runtime/child.h"
#include "runtime/control.h"
#include "runtime/death.h"
#include "runtime/doors.h"
#include "runtime/lives.h"
#include "runtime/overdue.h"
#include "runtime/probe.h"
#include "runtime/reload.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "runtime/spawn.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/proc.h"

#define HANG_GRACE_NS	NS_PER_S	/* from SIGABRT to SIGKILL */
#define RETRY_NS	NS_PER_S	/* after a fork that failed */

typedef enum input action_fn(struct cadre_master *, struct seat *,
    struct life *, uint64_t now_ns);

static uint64_t
after_ms(const struct cadre_master *m, enum cadre_option o, uint64_t now_ns)
{
	return option(m, o) > 0 ?
	    now_ns + (uint64_t)option(m, o) * NS_PER_MS : 0;
}

/*
 * By when it must be ready; or, for a program that may know nothing of all
 * this, when it is taken for ready because it still lives.
 */
static void
ready_deadline(const struct cadre_master *m, struct life *l)
{
	l->settles = (l->row.flags & CADRE_LIFE_ATTACHED) == 0 &&
	    option(m, CADRE_READY_AFTER_MS) >= 0;
	if (l->settles)
		l->deadline_ns = l->row.spawned_ns +
		    (uint64_t)option(m, CADRE_READY_AFTER_MS) * NS_PER_MS;
	else
		l->deadline_ns = after_ms(m, CADRE_READY_TIMEOUT_MS,
		    l->row.spawned_ns);
}

static enum input
begin(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	bool again = s->lives[s->newest].row.generation != 0;
	int err;

	if (again)
		s->restarts++;
	doors_before_spawn(m, s);
	err = spawn(m, s, l, now_ns);
	if (err < 0) {
		if (again)
			s->restarts--;
		snprintf(m->last_words, sizeof(m->last_words),
		    "cannot fork a worker: %s", cadre_error(err));
		report_text(m, CADRE_EVENT_TROUBLE, s, "%s; next try in 1s",
		    m->last_words);
		return FAILED;
	}
	if (!s->successor)
		s->newest = (unsigned int)(l - s->lives);
	l->row.state = CADRE_STATE_STARTING;
	ready_deadline(m, l);
	report_life(m, CADRE_EVENT_SPAWNED, s, l, 0, 0);
	lives_begin(m, s, l);
	return NOTHING;
}

void
seat_attached(struct cadre_master *m, struct seat *s, struct life *l)
{
	if (l->row.state == CADRE_STATE_STARTING) {
		ready_deadline(m, l);
		loop_arm(m);
	}
	cadre__anchor_life(m->anchor, slot_of(m, s, l), &l->row);
}

static enum input
retry(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	(void)m;
	if (seat_awaits(s, l))
		return STOP;		/* its reload says why, and ends */
	l->row.respawn_ns = l->deadline_ns = now_ns + RETRY_NS;
	return NOTHING;
}

/* Of a program it is worth knowing what made us believe it. */
static void
report_ready(struct cadre_master *m, const struct seat *s,
    const struct life *l)
{
	struct cadre_shm_event e;

	event_of(&e, CADRE_EVENT_READY, m, s, l);
	if (m->reload.runs && l->version == m->reload.version)
		e.flags = CADRE_EVENT_NEW;
	e.duration_ns = l->row.ready_ns - l->row.spawned_ns;
	if ((l->row.flags & CADRE_LIFE_ATTACHED) == 0 && l->ready_by != NULL)
		e.text_bytes = (uint32_t)snprintf(e.text, sizeof(e.text),
		    "%s; it does not use libcadre: no stall or hang detection",
		    l->ready_by);
	report(m, &e);
}

static enum input
kill_now(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	(void)m;
	(void)s;
	/* Refused, of a program that has changed its uid: it may end yet. */
	l->deadline_ns = child_signal(l->pidfd, SIGKILL) < 0 ?
	    now_ns + RETRY_NS : 0;
	return NOTHING;
}

/* The first listener whose connections only libcadre takes as they shall be. */
static const struct listener *
of_workers(const struct cadre_master *m)
{
	for (const struct listener *l = m->listeners;
	    l < m->listeners + m->nlisteners; l++)
		if (listener_hands(l) || l->mode == LISTENER_GATE ||
		    l->trusted.nets > 0)
			return l;
	return NULL;
}

/*
 * A program that is ready and has not attached would never be given anything,
 * or take a header for a request. At the start that is a mistake of who started
 * it; later, of a new file.
 */
static enum input
not_attached(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	const struct listener *of = of_workers(m);
	bool mode = listener_hands(of) || of->mode == LISTENER_GATE;

	snprintf(m->last_words, sizeof(m->last_words), "%s%s needs a program "
	    "that uses libcadre, and %s has not called cadre_worker_attach() "
	    "(%s); %s, or, if it does so later, let "
	    "it attach before it says that it is ready, and wait for that: "
	    "--wait-ready, or in C the option CADRE_READY_AFTER_MS -1",
	    mode ? "mode " : "proxy= of ", mode ?
	    listener_mode_name(of->mode) : of->address, m->program.path,
	    l->ready_by != NULL ? l->ready_by : "it says it is ready",
	    mode ? "use mode=spread or mode=auto" : "leave proxy= out and let "
	    "it read PROXY headers itself");
	report_text(m, CADRE_EVENT_TROUBLE, s, "%s", m->last_words);
	l->unfit = true;
	if (m->state == CADRE_APP_STARTING && m->given_up == 0)
		m->given_up = -EOPNOTSUPP;
	return kill_now(m, s, l, now_ns);
}

/* Until that is answered it is not ready, but for the probe's own deadline. */
static enum input
ask(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	l->deadline_ns = 0;
	l->settles = false;
	l->asked = true;
	probe_begin(m, s, l, now_ns);
	return NOTHING;
}

/*
 * Ready, it stands for the seat. A predecessor that serves is relieved by the
 * reload or the recycling; one that died meanwhile, or its own successor, is not
 * needed a second time.
 */
static void
take_over(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct life *before = &s->lives[s->newest];

	s->newest = 1 - s->newest;
	s->successor = false;
	if (before->row.state != CADRE_STATE_UP &&
	    before->row.state != CADRE_STATE_DRAINING)
		seat_input(m, s, before, STOP, now_ns);
}

static enum input
join(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	struct cadre__frame release = { .type = CADRE_FRAME_RELEASE };

	if ((l->row.flags & CADRE_LIFE_ATTACHED) == 0 &&
	    of_workers(m) != NULL)
		return UNFIT;
	if (probe_waits(s, l))
		return ASK;
	if (l->held)
		control_send(m, s, l, &release, NULL, NULL, 0);
	l->held = false;
	l->row.ready_ns = now_ns;
	l->deadline_ns = 0;
	m->choice_stale = true;
	if (seat_awaits(s, l))
		take_over(m, s, now_ns);
	if (m->state == CADRE_APP_STARTING) {
		m->state = CADRE_APP_RUNNING;
		cadre__anchor_state(m->anchor, m->state, m->workers);
	}
	report_ready(m, s, l);
	lives_due(m, l, CADRE_WORKER_READY);
	return NOTHING;
}

void
seat_say_drain(struct cadre_master *m, struct seat *s, struct life *l)
{
	struct cadre__frame frame = { .type = CADRE_FRAME_SUCCEEDED };

	if (seat_spares(s, l))
		control_send(m, s, l, &frame, NULL, NULL, 0);
	frame.type = CADRE_FRAME_DRAIN;
	frame.length = sizeof(l->deadline_ns);
	control_send(m, s, l, &frame, &l->deadline_ns, NULL, 0);
}

static enum input
drain(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	l->deadline_ns = m->state == CADRE_APP_STOPPING &&
	    m->stop == CADRE_STOP_PATIENT ? 0 :
	    after_ms(m, CADRE_DRAIN_TIMEOUT_MS, now_ns);
	l->settles = false;
	m->choice_stale = true;
	l->row.stalled_ns = l->row.cause = 0;
	l->row.queue = l->row.queue_since_ns = 0;
	doors_before_drain(m, s, l);
	/* If neither reaches it, the deadline stands all the same. */
	if ((l->row.flags & CADRE_LIFE_ATTACHED) == 0)
		(void)child_signal(l->pidfd, (int)option(m, CADRE_STOP_SIGNAL));
	else if (l->control.fd < 0)
		(void)child_signal(l->pidfd, SIGTERM);
	else
		seat_say_drain(m, s, l);
	report_life(m, CADRE_EVENT_DRAINING, s, l, 0, l->deadline_ns != 0 ?
	    l->deadline_ns - now_ns : 0);
	return NOTHING;
}

static enum input
kill_late(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	l->late = true;
	report_text(m, CADRE_EVENT_LATE, s, "%s; killed",
	    l->row.state == CADRE_STATE_STARTING ?
	    "not ready within the ready timeout" :
	    "not done within the drain timeout");
	return kill_now(m, s, l, now_ns);
}

/*
 * An abort leaves a core, where the system keeps them; who blocks that signal
 * is killed a moment later.
 */
static void
abort_it(struct life *l, uint64_t now_ns)
{
	(void)child_signal(l->pidfd, SIGABRT);
	l->deadline_ns = now_ns + HANG_GRACE_NS;
}

/* Its last state goes into the event: what it was doing, and its history. */
static enum input
abort_hung(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	struct cadre_shm_event e;

	event_of(&e, CADRE_EVENT_HUNG, m, s, l);
	e.cause = l->row.cause;
	e.duration_ns = now_ns - l->row.stalled_ns;
	e.text_bytes = (uint32_t)snprintf(e.text, sizeof(e.text),
	    "process state %c, %llu waiting for it, %llu connections accepted "
	    "by its slot", cadre__proc_state((int)l->row.pid),
	    (unsigned long long)l->row.queue,
	    (unsigned long long)l->watched.accepted);
	e.healths = cadre__anchor_last_health(m->anchor, slot_of(m, s, l),
	    e.health, CADRE_EVENT_HEALTHS);
	report(m, &e);
	abort_it(l, now_ns);
	return NOTHING;
}

static enum input
abort_overdue(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	overdue_tell(m, s, l, now_ns);
	abort_it(l, now_ns);
	return NOTHING;
}

static enum input
park(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	(void)now_ns;
	report_life(m, CADRE_EVENT_PARKED, s, l, 0, 0);
	return NOTHING;
}

static enum input
rest(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	struct cadre_shm_event e;

	(void)now_ns;
	event_of(&e, CADRE_EVENT_DONE, m, s, l);
	e.text_bytes = (uint32_t)snprintf(e.text, sizeof(e.text),
	    "exit code %u asks for no successor", l->row.exit_code);
	report(m, &e);
	return NOTHING;
}

static enum input
forget(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	(void)m;
	(void)s;
	(void)now_ns;
	l->deadline_ns = 0;
	return NOTHING;
}

#define STATES		(CADRE_STATE_DONE + 1)

static const struct step {
	uint64_t	next;
	action_fn	*action;	/* NULL: the input changes nothing */
} steps[STATES][INPUTS] = {
#define STEP(state, input, next, action, text)				\
	[CADRE_STATE_##state][input] = { CADRE_STATE_##next, action },
#include "runtime/steps.def"
#undef STEP
};

void
seat_input(struct cadre_master *m, struct seat *s, struct life *l,
    enum input input, uint64_t now_ns)
{
	const struct step *step;

	while (input != NOTHING) {
		step = &steps[l->row.state][input];
		if (step->action == NULL)
			break;
		/* Actions that tell of the state they leave, look at it first. */
		input = step->action(m, s, l, now_ns);
		l->row.state = step->next;
	}
	cadre__anchor_life(m->anchor, slot_of(m, s, l), &l->row);
}

static enum input
due_input(struct life *l)
{
	if (l->row.state == CADRE_STATE_BACKOFF)
		return DUE;
	if (!l->settles || l->row.state != CADRE_STATE_STARTING)
		return LATE;
	l->ready_by = "it still lives";
	return READY;
}

void
seats_due(struct cadre_master *m, uint64_t now_ns)
{
	struct life *l;
	struct seat *s;

	for (s = m->seats; s < m->seats + m->nseats; s++)
		for (l = s->lives; l < s->lives + CADRE_SLOTS_PER_SEAT; l++)
			if (l->deadline_ns != 0 && l->deadline_ns <= now_ns)
				seat_input(m, s, l, due_input(l), now_ns);
}

uint64_t
seats_deadline(const struct cadre_master *m)
{
	uint64_t next_ns = UINT64_MAX;
	const struct life *l;
	const struct seat *s;

	for (s = m->seats; s < m->seats + m->nseats; s++)
		for (l = s->lives; l < s->lives + CADRE_SLOTS_PER_SEAT; l++)
			if (l->deadline_ns != 0 && l->deadline_ns < next_ns)
				next_ns = l->deadline_ns;
	return next_ns;
}

int
seats_signal(struct cadre_master *m, uint32_t seat, int number)
{
	bool all = seat == CADRE_NO_SEAT;
	int err = 0, sent = 0;
	const struct life *l;

	if (number < 1 || number >= NSIG)
		return cadre__fail(-EINVAL, "there is no signal %d", number);
	if (!all && seat >= m->nseats)
		return cadre__fail(-ENOENT, "there is no seat %u: they are 0 "
		    "to %u", seat, m->nseats - 1);
	for (unsigned int i = all ? 0 : seat; i < (all ? m->nseats : seat + 1);
	    i++) {
		l = &m->seats[i].lives[m->seats[i].newest];
		if (l->pidfd < 0)
			continue;
		sent++;
		if (child_signal(l->pidfd, number) < 0)
			err = -errno;
	}
	if (sent == 0)
		return cadre__fail(-ESRCH, all ? "no worker runs" :
		    "no worker runs there");
	return err < 0 ? cadre__fail(err, "signal %d: %s", number,
	    strerror(-err)) : 0;
}

int
seats_drain(struct cadre_master *m)
{
	uint64_t now_ns = clock_now_ns();
	int err = master_runs(m);

	if (err < 0)
		return err;
	reload_end(m, -ECANCELED, "all workers were told to finish");
	for (struct seat *s = m->seats; s < m->seats + m->nseats; s++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
			if (s->lives[k].row.state != CADRE_STATE_DRAINING)
				seat_input(m, s, &s->lives[k], STOP, now_ns);
	return 0;
}

unsigned int
seats_living(const struct cadre_master *m)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < m->nseats; i++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
			n += m->seats[i].lives[k].pidfd >= 0;
	return n;
}
