/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policy is the table, mechanism is seat_input(). Each row of it is what an
 * input does to a worker in a state: the state that follows, and an action
 * that may answer with another input.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <cadre/error.h>
#include <cadre/region.h>

#include "runtime/child.h"
#include "runtime/logs.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "runtime/spawn.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/frame.h"

#define RETRY_NS	NS_PER_S	/* after a fork that failed */
#define TRIES_AT_START	3	/* a program that never ran is given up sooner */

typedef enum input action_fn(struct cadre_master *, struct seat *,
    struct life *, uint64_t now_ns);

static uint64_t
after_ms(const struct cadre_master *m, enum cadre_option o, uint64_t now_ns)
{
	return option(m, o) > 0 ?
	    now_ns + (uint64_t)option(m, o) * NS_PER_MS : 0;
}

static enum input
begin(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	bool again = s->lives[s->newest].row.generation != 0;
	int err;

	if (again)
		s->restarts++;
	err = spawn(m, s, l, now_ns);
	if (err < 0) {
		if (again)
			s->restarts--;
		report_text(m, CADRE_EVENT_TROUBLE, s, "cannot fork a worker: "
		    "%s; next try in 1s", cadre_error(err));
		return FAILED;
	}
	s->newest = (unsigned int)(l - s->lives);
	l->row.state = CADRE_STATE_STARTING;
	l->deadline_ns = after_ms(m, CADRE_READY_TIMEOUT_MS, now_ns);
	report_life(m, CADRE_EVENT_SPAWNED, s, l, 0, 0);
	return NOTHING;
}

static enum input
retry(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	(void)m;
	(void)s;
	l->row.respawn_ns = l->deadline_ns = now_ns + RETRY_NS;
	return NOTHING;
}

static enum input
join(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	l->row.ready_ns = now_ns;
	l->deadline_ns = 0;
	m->choice_stale = true;
	if (m->state == CADRE_APP_STARTING) {
		m->state = CADRE_APP_RUNNING;
		cadre__anchor_state(m->anchor, m->state, m->workers);
	}
	report_life(m, CADRE_EVENT_READY, s, l, now_ns - l->row.spawned_ns, 0);
	return NOTHING;
}

static enum input
drain(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	struct cadre__frame frame = {
		.version = CADRE_FRAME_VERSION,
		.type = CADRE_FRAME_DRAIN,
		.length = sizeof(l->deadline_ns),
	};

	l->deadline_ns = m->stop == CADRE_STOP_PATIENT ? 0 :
	    after_ms(m, CADRE_DRAIN_TIMEOUT_MS, now_ns);
	m->choice_stale = true;
	l->row.stalled_ns = 0;
	/* If it cannot be sent, the deadline stands all the same. */
	if (l->control >= 0)
		(void)cadre__frame_send(l->control, &frame, &l->deadline_ns,
		    NULL, 0);
	report_life(m, CADRE_EVENT_DRAINING, s, l, 0, l->deadline_ns != 0 ?
	    l->deadline_ns - now_ns : 0);
	return NOTHING;
}

static enum input
kill_now(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	(void)m;
	(void)s;
	(void)now_ns;
	l->deadline_ns = 0;
	(void)child_signal(l->pidfd, SIGKILL);
	return NOTHING;
}

static enum input
kill_late(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	report_text(m, CADRE_EVENT_LATE, s, "%s; killed",
	    l->row.state == CADRE_STATE_STARTING ?
	    "not ready within the ready timeout" :
	    "not done within the drain timeout");
	return kill_now(m, s, l, now_ns);
}

/* The end of a process: told with its last health and its last words. */
static void
obituary(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	struct cadre_shm_event e;

	l->row.ended_ns = now_ns;
	l->row.stalled_ns = 0;
	l->deadline_ns = 0;
	event_of(&e, CADRE_EVENT_DIED, m, s, l);
	e.duration_ns = now_ns - l->row.spawned_ns;
	e.text_bytes = log_tail(s, l, e.text, sizeof(e.text));
	e.healths = cadre__anchor_last_health(m->anchor, slot_of(m, s, l),
	    e.health, CADRE_EVENT_HEALTHS);
	cadre_event_text(&e, m->last_words, sizeof(m->last_words));
	report(m, &e);
}

/* An unwanted death: at once, later, or no more. */
static enum input
bury(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	uint64_t uptime_ns = now_ns - l->row.spawned_ns, delay_ns, wait_ns;
	int64_t tries_max = option(m, CADRE_MAX_TRIES);

	m->choice_stale = true;
	/* One that never got ready was not up, however long it took. */
	if (option(m, CADRE_MIN_UPTIME_MS) > 0 && (l->row.ready_ns == 0 ||
	    uptime_ns < (uint64_t)option(m, CADRE_MIN_UPTIME_MS) * NS_PER_MS))
		s->tries++;
	else
		s->tries = 0;
	obituary(m, s, l, now_ns);
	l->row.tries = s->tries;
	if (s->tries == 0)
		return DUE;
	if (m->state == CADRE_APP_STARTING && tries_max > TRIES_AT_START)
		tries_max = TRIES_AT_START;
	if (tries_max > 0 && s->tries >= tries_max)
		return TOO_OFTEN;
	delay_ns = backoff_delay_ns(s->tries,
	    (uint64_t)option(m, CADRE_BACKOFF_FIRST_MS) * NS_PER_MS,
	    (uint64_t)option(m, CADRE_BACKOFF_MAX_MS) * NS_PER_MS);
	wait_ns = budget_take(&m->budget, now_ns);
	if (delay_ns < wait_ns)
		delay_ns = wait_ns;
	l->row.respawn_ns = l->deadline_ns = now_ns + delay_ns;
	report_life(m, CADRE_EVENT_BACKOFF, s, l, 0, delay_ns);
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
retire(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	obituary(m, s, l, now_ns);
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

#define STATES		(CADRE_STATE_PARKED + 1)

static const struct step {
	uint64_t	next;
	action_fn	*action;	/* NULL: the input changes nothing */
} steps[STATES][INPUTS] = {
	[CADRE_STATE_EMPTY] = {
		[DUE] =		{ CADRE_STATE_STARTING, begin },
	},
	[CADRE_STATE_STARTING] = {
		[READY] =	{ CADRE_STATE_UP, join },
		[LATE] =	{ CADRE_STATE_STARTING, kill_late },
		[STOP] =	{ CADRE_STATE_DRAINING, drain },
		[KILL] =	{ CADRE_STATE_DRAINING, kill_now },
		[EXITED] =	{ CADRE_STATE_BACKOFF, bury },
		[FAILED] =	{ CADRE_STATE_BACKOFF, retry },
	},
	[CADRE_STATE_UP] = {
		[STOP] =	{ CADRE_STATE_DRAINING, drain },
		[KILL] =	{ CADRE_STATE_DRAINING, kill_now },
		[EXITED] =	{ CADRE_STATE_BACKOFF, bury },
	},
	[CADRE_STATE_DRAINING] = {
		[STOP] =	{ CADRE_STATE_DRAINING, drain },
		[LATE] =	{ CADRE_STATE_DRAINING, kill_late },
		[KILL] =	{ CADRE_STATE_DRAINING, kill_now },
		[EXITED] =	{ CADRE_STATE_EMPTY, retire },
	},
	[CADRE_STATE_BACKOFF] = {
		[DUE] =		{ CADRE_STATE_STARTING, begin },
		[TOO_OFTEN] =	{ CADRE_STATE_PARKED, park },
		[STOP] =	{ CADRE_STATE_EMPTY, forget },
		[KILL] =	{ CADRE_STATE_EMPTY, forget },
	},
	[CADRE_STATE_PARKED] = {
		[STOP] =	{ CADRE_STATE_EMPTY, forget },
		[KILL] =	{ CADRE_STATE_EMPTY, forget },
	},
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

void
seats_due(struct cadre_master *m, uint64_t now_ns)
{
	struct life *l;
	struct seat *s;

	for (s = m->seats; s < m->seats + m->nseats; s++)
		for (l = s->lives; l < s->lives + CADRE_SLOTS_PER_SEAT; l++)
			if (l->deadline_ns != 0 && l->deadline_ns <= now_ns)
				seat_input(m, s, l, l->row.state ==
				    CADRE_STATE_BACKOFF ? DUE : LATE, now_ns);
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

unsigned int
seats_living(const struct cadre_master *m)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < m->nseats; i++)
		for (int k = 0; k < CADRE_SLOTS_PER_SEAT; k++)
			n += m->seats[i].lives[k].pidfd >= 0;
	return n;
}

bool
seats_given_up(const struct cadre_master *m)
{
	const struct seat *s;

	if (m->state != CADRE_APP_STARTING)
		return false;
	for (s = m->seats; s < m->seats + m->nseats; s++)
		if (s->wanted &&
		    s->lives[s->newest].row.state != CADRE_STATE_PARKED)
			return false;
	return true;
}

/*
 * One word a seat decides (M4). A worker that lies about it is excluded, or
 * is not, and nobody else is hurt: a stamp in the future counts as none.
 */
void
seats_stalled(struct cadre_master *m, uint64_t now_ns)
{
	uint64_t limit_ns = (uint64_t)option(m, CADRE_STALL_MS) * NS_PER_MS;
	uint64_t since_ns;
	struct life *l;
	struct seat *s;
	bool stalled, was;

	m->fast_tick = false;
	for (s = m->seats; limit_ns != 0 && s < m->seats + m->nseats; s++) {
		l = &s->lives[s->newest];
		if (l->row.state != CADRE_STATE_UP)
			continue;
		since_ns = cadre__anchor_busy_word(m->anchor, slot_of(m, s, l));
		stalled = since_ns != 0 && since_ns < now_ns &&
		    now_ns - since_ns > limit_ns;
		was = l->row.stalled_ns != 0;
		if (stalled && !was)
			report_life(m, CADRE_EVENT_STALLED, s, l,
			    now_ns - since_ns, 0);
		if (!stalled && was)
			report_life(m, CADRE_EVENT_RESUMED, s, l,
			    now_ns - l->row.stalled_ns, 0);
		m->fast_tick |= stalled;
		if (stalled == was)
			continue;
		m->choice_stale = true;
		l->row.stalled_ns = stalled ? since_ns : 0;
		cadre__anchor_life(m->anchor, slot_of(m, s, l), &l->row);
	}
}

/* How fit a seat is to be given connections; the lower, the better. */
enum fitness { FIT, COMING, PARKED, FITNESSES };

static enum fitness
fitness(const struct seat *s)
{
	const struct cadre_shm_life *row = &s->lives[s->newest].row;
	uint64_t state = row->state;

	if (state == CADRE_STATE_UP && row->stalled_ns == 0)
		return FIT;
	return state == CADRE_STATE_PARKED ? PARKED : COMING;
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
 * parked ones are the very last resort.
 */
void
seats_choose(struct cadre_master *m)
{
	unsigned int n = 0;
	int err;

	m->choice_stale = false;
	for (enum fitness least = FIT; n == 0 && least < FITNESSES; least++)
		n = choosable(m, least);
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
}

/* A worker can shut a socket for good, by a habit or by malice. */
void
listeners_check(struct cadre_master *m)
{
	struct listener *l;
	int err;

	for (l = m->listeners; l < m->listeners + m->nlisteners; l++) {
		if (!l->spread || listener_is_whole(l))
			continue;
		err = listener_again(l, m->workers);
		report_text(m, CADRE_EVENT_TROUBLE, NULL, "a worker shut a "
		    "listening socket of %s; all listen again%s%s, what was "
		    "queued is lost", l->address, err < 0 ? ": " : "",
		    err < 0 ? strerror(-err) : "");
		m->choice_stale = true;
	}
}
