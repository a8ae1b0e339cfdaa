/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker that has answered enough requests, is old enough, or holds more
 * memory than the soft limit, is replaced as a reload would: its successor
 * comes in the seat's other slot, and when it is ready the old one drains. A
 * successor that fails changes nothing for the one that serves; the next try
 * waits, longer each time.
 *
 * No more than CADRE_MAX_UNAVAILABLE seats are at it together, and who has been
 * due for longest is first: a worker that lies about its requests is replaced
 * often, but not before others. A reload goes before: it replaces all anyhow.
 *
 * Over the hard limit there is no time for that: such a worker is killed.
 */
#include <errno.h>
#include <stdio.h>

#include <sys/random.h>

#include <cadre/error.h>

#include "runtime/memory.h"
#include "runtime/metrics.h"
#include "runtime/recycle.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "shm/clock.h"
#include "shm/fail.h"
#include "shm/fault.h"

#define MIB	1048576.0

int
recycle_check(const struct cadre_master *m)
{
	int64_t soft = option(m, CADRE_MEMORY_SOFT);
	int64_t hard = option(m, CADRE_MEMORY_HARD);
	int64_t age = option(m, CADRE_MAX_AGE_MS);

	if (soft > 0 && hard > 0 && soft >= hard)
		return cadre__fail(-EINVAL, "a soft memory limit of %lld bytes "
		    "is not below the hard one of %lld: a worker would be "
		    "killed before it is replaced (CADRE_MEMORY_SOFT, _HARD; "
		    "--memory-soft, --memory-hard)", (long long)soft,
		    (long long)hard);
	if (age > 0 && age < option(m, CADRE_MIN_UPTIME_MS))
		return cadre__fail(-EINVAL, "workers are too old after %lld ms, "
		    "before they have stayed up for the %lld ms of "
		    "CADRE_MIN_UPTIME_MS (CADRE_MAX_AGE_MS; --max-age, "
		    "--min-uptime)", (long long)age,
		    (long long)option(m, CADRE_MIN_UPTIME_MS));
	return 0;
}

/* Up to so many percent more, so that those born together do not go so. */
static uint64_t
with_jitter(uint64_t least, int64_t percent)
{
	uint64_t more = least / 100 * (uint64_t)percent +
	    least % 100 * (uint64_t)percent / 100;
	uint16_t dice = 0;

	/* No random bytes: no jitter. That is no reason to fail. */
	(void)!getrandom(&dice, sizeof(dice), GRND_NONBLOCK);
	return least + (more >> 16) * dice + ((more & 0xffff) * dice >> 16);
}

void
recycle_begin(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	uint64_t requests = (uint64_t)option(m, CADRE_MAX_REQUESTS);
	uint64_t age_ms = (uint64_t)option(m, CADRE_MAX_AGE_MS);

	l->term = (struct term){ .due_ns = 0 };
	l->felled = NULL;
	if (requests > 0) {
		l->term.requests = with_jitter(requests,
		    option(m, CADRE_REQUESTS_JITTER));
		l->term.word = metrics_offset(m, "requests");
		l->term.base = cadre__anchor_word(m->anchor, slot_of(m, s, l),
		    l->term.word);
	}
	if (age_ms > 0)
		l->term.old_ns = now_ns + with_jitter(age_ms * NS_PER_MS,
		    option(m, CADRE_AGE_JITTER));
}

/* Of this life, as far as its word can be believed: it is its own harm. */
static uint64_t
requests_of(const struct cadre_master *m, const struct seat *s,
    const struct life *l)
{
	if ((l->row.flags & CADRE_LIFE_ATTACHED) == 0)
		return 0;		/* nobody counts there */
	return cadre__anchor_word(m->anchor, slot_of(m, s, l), l->term.word) -
	    l->term.base;
}

static void
over_hard(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	struct cadre_shm_event e;

	l->felled = "its memory was over the hard limit, and it was killed";
	event_of(&e, CADRE_EVENT_MEMORY, m, s, l);
	e.text_bytes = (uint32_t)snprintf(e.text, sizeof(e.text), "RssAnon is "
	    "%.1f MiB, the hard limit %.1f MiB; killed",
	    (double)l->term.memory / MIB,
	    (double)option(m, CADRE_MEMORY_HARD) / MIB);
	report(m, &e);
	seat_input(m, s, l, l->row.state == CADRE_STATE_DRAINING ? KILL :
	    FELLED, now_ns);
}

static void
memory_look(struct cadre_master *m, struct seat *s, struct life *l,
    uint64_t now_ns)
{
	uint64_t hard = (uint64_t)option(m, CADRE_MEMORY_HARD);
	int err;

	if (l->pidfd < 0 || l->felled != NULL)
		return;
	err = memory_read(l, &l->term.memory);
	if (err < 0)
		l->term.memory = 0;
	if (err < 0 && err != -ESRCH && !l->term.blind) {
		l->term.blind = true;
		report_text(m, CADRE_EVENT_TROUBLE, s, "cannot read the memory "
		    "of pid %llu: %s; its limits do not hold until that works",
		    (unsigned long long)l->row.pid, cadre_error(err));
	}
	if (hard > 0 && l->term.memory >= hard)
		over_hard(m, s, l, now_ns);
}

/* Why it shall be replaced, as words for the event; 0: it shall not. */
static int
is_due(const struct cadre_master *m, const struct seat *s,
    const struct life *l, uint64_t now_ns, char *why, size_t bytes)
{
	uint64_t soft = (uint64_t)option(m, CADRE_MEMORY_SOFT), n;

	if (!s->wanted || l->row.state != CADRE_STATE_UP || l->felled != NULL)
		return 0;
	if (l->term.requests > 0 &&
	    (n = requests_of(m, s, l)) >= l->term.requests)
		return snprintf(why, bytes, "it has answered %llu requests of "
		    "%llu", (unsigned long long)n,
		    (unsigned long long)l->term.requests);
	if (l->term.old_ns > 0 && now_ns >= l->term.old_ns)
		return snprintf(why, bytes, "it is %.1f s old",
		    (double)(now_ns - l->row.spawned_ns) / NS_PER_S);
	if (soft > 0 && l->term.memory >= soft)
		return snprintf(why, bytes, "RssAnon is %.1f MiB, the soft "
		    "limit %.1f MiB", (double)l->term.memory / MIB,
		    (double)soft / MIB);
	return 0;
}

/* A reload replaces it anyhow, and after a stop nobody is wanted. */
static bool
gives_way(const struct cadre_master *m, struct seat *s)
{
	return m->reload.runs || m->reload.asked_number != 0 ||
	    m->state != CADRE_APP_RUNNING || !s->wanted ||
	    seat_newest(s)->row.state == CADRE_STATE_DRAINING;
}

static enum recycle
failed(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	uint64_t delay_ns = backoff_delay_ns(++s->recycle_tries,
	    (uint64_t)option(m, CADRE_BACKOFF_FIRST_MS) * NS_PER_MS,
	    (uint64_t)option(m, CADRE_BACKOFF_MAX_MS) * NS_PER_MS);

	s->recycle_ns = now_ns + delay_ns;
	report_text(m, CADRE_EVENT_NOT_RECYCLED, s, "the old worker serves on; "
	    "next try in %.1f s; %s", (double)delay_ns / NS_PER_S,
	    m->last_words);
	return RECYCLE_NONE;
}

/* The old one leaves the accept set only now. */
static enum recycle
relieve(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct life *old = seat_other(s);

	CADRE_FAULT_AT("recycle.relieve");
	s->recycle_tries = 0;
	if (old->pidfd >= 0 && old->row.state != CADRE_STATE_DRAINING)
		seat_input(m, s, old, STOP, now_ns);
	return RECYCLE_LEAVES;
}

static enum recycle
comes(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	bool way = gives_way(m, s), starts;

	if (s->successor) {
		starts = seat_other(s)->row.state == CADRE_STATE_STARTING;
		if (starts && !way)
			return RECYCLE_COMES;
		s->successor = false;
		if (starts)
			seat_input(m, s, seat_other(s), KILL, now_ns);
		return way || seat_newest(s)->row.state != CADRE_STATE_UP ?
		    RECYCLE_NONE : failed(m, s, now_ns);
	}
	if (seat_newest(s)->row.state == CADRE_STATE_UP)
		return relieve(m, s, now_ns);
	/* Ready and dead may be news of one turn: the old one is still up. */
	if (seat_other(s)->row.state != CADRE_STATE_UP)
		return RECYCLE_NONE;
	s->newest = 1 - s->newest;
	m->choice_stale = true;
	return failed(m, s, now_ns);
}

static enum recycle
leaves(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct cadre_shm_event e;

	(void)now_ns;
	if (seat_other(s)->pidfd >= 0)
		return RECYCLE_LEAVES;
	event_of(&e, CADRE_EVENT_RECYCLED, m, s, seat_newest(s));
	e.duration_ns = clock_now_ns() - seat_newest(s)->row.spawned_ns;
	if (seat_other(s)->cut > 0)
		e.text_bytes = (uint32_t)snprintf(e.text, sizeof(e.text),
		    "%llu connections were cut", (unsigned long long)
		    seat_other(s)->cut);
	report(m, &e);
	return RECYCLE_NONE;
}

static void
begin(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct cadre_shm_event e;

	event_of(&e, CADRE_EVENT_RECYCLING, m, s, seat_newest(s));
	e.text_bytes = (uint32_t)is_due(m, s, seat_newest(s), now_ns, e.text,
	    sizeof(e.text));
	report(m, &e);
	CADRE_FAULT_AT("recycle.spawn");
	s->recycle = RECYCLE_COMES;
	m->recycling++;
	s->successor = true;
	seat_input(m, s, seat_other(s), DUE, now_ns);
	/* One that was not made has come and gone: recycle_go_on() sees it. */
}

/* Who has been due for longest, of those that can be replaced now. */
static struct seat *
first_due(struct cadre_master *m, uint64_t now_ns)
{
	struct seat *first = NULL;

	for (struct seat *s = m->seats; s < m->seats + m->nseats; s++)
		if (seat_newest(s)->term.due_ns != 0 && s->recycle == RECYCLE_NONE &&
		    s->recycle_ns <= now_ns && seat_other(s)->pidfd < 0 &&
		    (first == NULL ||
		    seat_newest(s)->term.due_ns < seat_newest(first)->term.due_ns))
			first = s;
	return first;
}

static bool
is_asked(const struct cadre_master *m)
{
	return option(m, CADRE_MAX_REQUESTS) > 0 ||
	    option(m, CADRE_MAX_AGE_MS) > 0 ||
	    option(m, CADRE_MEMORY_SOFT) > 0 ||
	    option(m, CADRE_MEMORY_HARD) > 0;
}

void
recycle_tick(struct cadre_master *m, uint64_t now_ns)
{
	bool weigh = option(m, CADRE_MEMORY_SOFT) > 0 ||
	    option(m, CADRE_MEMORY_HARD) > 0;
	struct life *l;
	struct seat *s;
	char why[128];

	if (!is_asked(m) || m->state >= CADRE_APP_STOPPED)
		return;
	for (s = m->seats; s < m->seats + m->nseats; s++) {
		for (int k = 0; weigh && k < CADRE_SLOTS_PER_SEAT; k++)
			memory_look(m, s, &s->lives[k], now_ns);
		l = seat_newest(s);
		/* What has shrunk again is not due any more. */
		if (is_due(m, s, l, now_ns, why, sizeof(why)) == 0)
			l->term.due_ns = 0;
		else if (l->term.due_ns == 0)
			l->term.due_ns = now_ns;
	}
	while (m->recycling < option(m, CADRE_MAX_UNAVAILABLE) &&
	    (s = first_due(m, now_ns)) != NULL && !gives_way(m, s))
		begin(m, s, now_ns);
}

void
recycle_go_on(struct cadre_master *m, uint64_t now_ns)
{
	for (struct seat *s = m->seats; m->recycling > 0 &&
	    s < m->seats + m->nseats; s++) {
		if (s->recycle == RECYCLE_NONE)
			continue;
		if (s->recycle == RECYCLE_COMES)
			s->recycle = comes(m, s, now_ns);
		if (s->recycle == RECYCLE_LEAVES)
			s->recycle = leaves(m, s, now_ns);
		m->recycling -= s->recycle == RECYCLE_NONE;
	}
}
