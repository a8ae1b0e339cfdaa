/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A seat at rest has no worker, and none comes by itself: it is parked, since
 * its workers died too soon too often, or done, since its worker said so by
 * its exit code. One alone harms nobody; here it is decided when so many are at
 * rest that the app is over, and a reset brings them back.
 */
#include "runtime/export.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cadre/error.h>

#include "runtime/quorum.h"
#include "runtime/report.h"
#include "runtime/seat.h"
#include "shm/clock.h"
#include "shm/fail.h"

#define CODES		256
#define WORDS_BYTES	128

struct rests {
	unsigned int	wanted, parked, done;
};

static struct rests
rests_of(const struct cadre_master *m)
{
	struct rests r = { .wanted = 0 };
	const struct seat *s;
	uint64_t state;

	for (s = m->seats; s < m->seats + m->nseats; s++) {
		if (!s->wanted)
			continue;
		state = s->lives[s->newest].row.state;
		r.wanted++;
		if (s->successor)
			continue;	/* a worker is on its way: wait for that */
		r.parked += state == CADRE_STATE_PARKED;
		r.done += state == CADRE_STATE_DONE;
	}
	return r;
}

/*
 * Nobody is left, or too few. Until a first worker has been ready there is
 * nothing to keep: then it is over without a quorum, too. A quorum that scaling
 * has made impossible is all that are wanted.
 */
static bool
is_lost(const struct cadre_master *m, const struct rests *r)
{
	unsigned int quorum = (unsigned int)option(m, CADRE_QUORUM);

	if (r->parked == 0)
		return false;
	if (r->parked + r->done == r->wanted)
		return quorum > 0 || m->state == CADRE_APP_STARTING;
	return r->wanted - r->parked <
	    (quorum < r->wanted ? quorum : r->wanted);
}

/* Who is done is missed by nobody, but serves no longer. */
static void
words_of(const struct cadre_master *m, unsigned int wanted, char *words,
    size_t room)
{
	char done[32] = "";

	if (m->done > 0)
		snprintf(done, sizeof(done), ", %u %s done", m->done,
		    m->done == 1 ? "is" : "are");
	snprintf(words, room, "%u of %u seats are parked%s, and the quorum is "
	    "%lld", m->parked, wanted, done,
	    (long long)option(m, CADRE_QUORUM));
}

void
quorum_check(struct cadre_master *m)
{
	struct rests r = rests_of(m);
	char words[WORDS_BYTES];

	if (r.wanted > 0 && r.done == r.wanted) {
		report_text(m, CADRE_EVENT_DONE, NULL, "the exit codes of all "
		    "%u workers ask for no successor; the app ends", r.done);
		(void)cadre_master_stop(m, CADRE_STOP_GRACEFUL);
	} else if (is_lost(m, &r)) {
		m->given_up = -ECHILD;
		if (m->state != CADRE_APP_STARTING ||
		    r.parked + r.done < r.wanted)
			m->parked = r.parked;
		m->done = r.done;
		words_of(m, r.wanted, words, sizeof(words));
		if (m->parked > 0)
			report_text(m, CADRE_EVENT_TROUBLE, NULL, "%s; the app "
			    "gives up", words);
	}
}

int
quorum_fail(const struct cadre_master *m)
{
	char words[WORDS_BYTES];

	words_of(m, m->workers, words, sizeof(words));
	if (m->given_up == -ECHILD && m->parked > 0)
		return cadre__fail(-ECHILD, "%s; the last death: %s", words,
		    m->last_words);
	return cadre__fail(m->given_up, "%s%s", m->given_up == -ECHILD ?
	    "every worker died at its start; the last: " : "", m->last_words);
}

/* Also of one that waits for its next try: it comes now. */
static void
reset(struct cadre_master *m, struct seat *s, uint64_t now_ns)
{
	struct life *l = &s->lives[s->newest];
	struct cadre_shm_event e;

	event_of(&e, CADRE_EVENT_RESET, m, s, NULL);
	s->tries = 0;
	if (l->row.state != CADRE_STATE_PARKED &&
	    l->row.state != CADRE_STATE_DONE &&
	    l->row.state != CADRE_STATE_BACKOFF)
		return;
	report(m, &e);
	seat_input(m, s, l, DUE, now_ns);
}

int
cadre_master_reset(struct cadre_master *m, unsigned int seat)
{
	uint64_t now_ns = clock_now_ns();
	int err = master_runs(m);

	if (err < 0)
		return err;
	if (seat != CADRE_NO_SEAT && seat >= m->nseats)
		return cadre__fail(-ENOENT, "there is no seat %u: they are 0 "
		    "to %u", seat, m->nseats - 1);
	if (seat != CADRE_NO_SEAT && !m->seats[seat].wanted)
		return cadre__fail(-ESRCH, "no worker is wanted in seat %u; "
		    "to have one more, type: cadre scale %s +1", seat, m->name);
	for (unsigned int i = 0; i < m->nseats; i++)
		if ((seat == CADRE_NO_SEAT && m->seats[i].wanted) || i == seat)
			reset(m, &m->seats[i], now_ns);
	m->choice_stale = true;
	loop_arm(m);
	return 0;
}

/* One number or range from `p` on: where it ends, or NULL. */
static const char *
range_parse(const char *p, uint64_t set[static CODES / 64])
{
	unsigned long first, last;
	char *end;

	if (!isdigit((unsigned char)*p))
		return NULL;
	first = last = strtoul(p, &end, 10);
	if (*end == '-') {
		p = end + 1;
		if (!isdigit((unsigned char)*p))
			return NULL;
		last = strtoul(p, &end, 10);
	}
	if (first > last || last >= CODES)
		return NULL;
	for (unsigned long code = first; code <= last; code++)
		set[code / 64] |= UINT64_C(1) << code % 64;
	return end;
}

int
cadre_master_stop_codes(struct cadre_master *m, const char *codes)
{
	uint64_t set[CODES / 64] = { 0 };
	const char *p = codes;
	int err;

	err = master_settled(m);
	if (err < 0)
		return err;
	while (p != NULL && *codes != '\0') {
		p = range_parse(p, set);
		if (p == NULL || (*p != ',' && *p != '\0'))
			return cadre__fail(-EINVAL, "'%.64s' are no exit codes: "
			    "numbers from 0 to 255 and ranges, as 0,3,10-12",
			    codes);
		if (*p++ == '\0')
			break;
	}
	memcpy(m->stop_codes, set, sizeof(set));
	return 0;
}
