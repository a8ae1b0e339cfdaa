/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a life: what is told of it, and what it means for its seat. One
 * that nobody asked for brings a successor at once, later or no more; how many
 * of these there are in a row is counted here.
 */
#include <stdio.h>
#include <string.h>

#include <cadre/region.h>

#include "runtime/death.h"
#include "runtime/logs.h"
#include "runtime/reload.h"
#include "runtime/report.h"
#include "runtime/topics.h"
#include "shm/clock.h"

#define TRIES_AT_START	3	/* a program that never ran is given up sooner */

/* It left by itself, with a code that says: no other in my place. */
static bool
asks_for_none(const struct cadre_master *m, const struct life *l)
{
	uint32_t code = l->row.exit_code & 0xff;

	return l->told && l->row.exit_signal == 0 &&
	    (code == CADRE_EXIT_DONE ||
	    (m->stop_codes[code / 64] >> code % 64 & 1) != 0);
}

/* Of one that says nothing and is gone, what we know or may suppose. */
static uint32_t
guess(const struct cadre_master *m, const struct life *l, char *text,
    size_t bytes)
{
	const char *why = NULL;
	int n;

	if (l->unfit)
		why = "it does not use libcadre, which the mode or proxy= of "
		    "a listener needs, and was killed";
	else if (l->felled != NULL)
		why = l->felled;
	else if (l->late)
		why = l->row.ready_ns == 0 ? "it was not ready within the "
		    "ready timeout, and was killed" : "it was not done within "
		    "the drain timeout, and was killed";
	else if ((l->row.flags & CADRE_LIFE_PROGRAM) != 0 &&
	    l->row.exit_signal == 0 && l->row.exit_code == 0 &&
	    l->row.state == CADRE_STATE_STARTING && !asks_for_none(m, l))
		why = "did it go into the background? A program must stay in "
		    "the foreground";
	if (why == NULL)
		return 0;
	n = snprintf(text, bytes, "(%s%s)", m->log_inherit ? "" : "nothing; ",
	    why);
	return n > 0 && (size_t)n < bytes ? (uint32_t)n : 0;
}

/* A program that has no handler dies of the signal that tells it to finish. */
static bool
ended_as_asked(const struct cadre_master *m, const struct life *l)
{
	return l->row.state == CADRE_STATE_DRAINING &&
	    (l->row.flags & CADRE_LIFE_PROGRAM) != 0 &&
	    l->row.exit_signal == (uint32_t)option(m, CADRE_STOP_SIGNAL);
}

/* The end of a process: told with its last health and its last words. */
static void
obituary(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	struct cadre_shm_event e;

	l->row.ended_ns = now_ns;
	l->row.stalled_ns = l->row.cause = 0;
	l->row.queue = l->row.queue_since_ns = 0;
	l->row.flags &= ~(uint64_t)CADRE_LIFE_FULL;
	l->deadline_ns = 0;
	l->cut = (l->row.flags & CADRE_LIFE_ATTACHED) != 0 ?
	    cadre__anchor_open_word(m->anchor, slot_of(m, s, l)) : 0;
	event_of(&e, CADRE_EVENT_DIED, m, s, l);
	e.cut = l->cut;
	e.duration_ns = now_ns - l->row.spawned_ns;
	if (ended_as_asked(m, l))
		e.flags = CADRE_EVENT_ASKED;
	e.text_bytes = log_tail(s, l, e.text, sizeof(e.text));
	if (e.text_bytes == 0)
		e.text_bytes = guess(m, l, e.text, sizeof(e.text));
	if ((l->row.flags & CADRE_LIFE_ATTACHED) != 0)
		e.healths = cadre__anchor_last_health(m->anchor,
		    slot_of(m, s, l), e.health, CADRE_EVENT_HEALTHS);
	if (m->given_up == 0)
		cadre_event_text(&e, m->last_words, sizeof(m->last_words));
	report(m, &e);
	topics_silent(m, l);
	reload_died(m, s, l);
}

/* After an early death: longer each time, and not for ever. */
static enum input
later(struct cadre_master *m, struct seat *s, struct life *l, uint64_t now_ns)
{
	int64_t tries_max = option(m, CADRE_MAX_TRIES);
	uint64_t delay_ns, wait_ns;

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

/* An unwanted death: at once, later, or no more. */
enum input
death_bury(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	uint64_t uptime_ns = now_ns - l->row.spawned_ns;

	m->choice_stale = true;
	if (seat_awaits(s, l) || seat_spares(s, l)) {
		obituary(m, s, l, now_ns);
		return STOP;
	}
	/* The old one, after the new one: then it stands for the seat again. */
	if (!s->successor)
		s->newest = (unsigned int)(l - s->lives);
	if (asks_for_none(m, l)) {
		obituary(m, s, l, now_ns);
		s->tries = 0;
		return FINISHED;
	}
	/* One that never got ready was not up, however long it took. */
	if (option(m, CADRE_MIN_UPTIME_MS) > 0 && (l->row.ready_ns == 0 ||
	    uptime_ns < (uint64_t)option(m, CADRE_MIN_UPTIME_MS) * NS_PER_MS))
		s->tries++;
	else
		s->tries = 0;
	obituary(m, s, l, now_ns);
	l->row.tries = s->tries;
	if (s->tries == 0 && l->row.ready_ns != 0)
		return DUE;
	if (s->tries == 0) {		/* no death is early: not at once, still */
		l->row.respawn_ns = l->deadline_ns = now_ns + (uint64_t)
		    option(m, CADRE_BACKOFF_FIRST_MS) * NS_PER_MS;
		return NOTHING;
	}
	return later(m, s, l, now_ns);
}

enum input
death_retire(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	obituary(m, s, l, now_ns);
	return NOTHING;
}
