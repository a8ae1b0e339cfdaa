/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flood of bad connections costs a sum here and there: a count in who refuses
 * them, some frames a second to the master, an event a second for each reason,
 * the listeners in turn, in which all of that time stand. A worker that lies
 * about them harms the sums of its app and is named; it cannot say what no
 * worker refuses, and its events leave room in the ring for others.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/channel.h"
#include "runtime/proxy.h"
#include "runtime/refusal.h"
#include "runtime/report.h"
#include "shm/clock.h"
#include "shm/frame.h"

#define TELL_NS		(100 * NS_PER_MS)	/* frames of one teller */
#define EVENT_NS	NS_PER_S		/* events of one reason */
#define EVENTS_BURST	REFUSALS		/* of all together */
#define EVENTS_STEP_NS	(500 * NS_PER_MS)

#define TEXT_OF(number)	TEXT_OF_TOKEN(number)
#define TEXT_OF_TOKEN(token) #token

static const char *const texts[REFUSALS] = {
	[REFUSAL_PROXY_NONE] = "closed: no PROXY header, from a peer in the "
	    "list of proxy=; is send-proxy missing there?",
	[REFUSAL_PROXY_BAD] = "closed: a PROXY header that breaks the rules",
	[REFUSAL_PROXY_LONG] = "closed: a PROXY header of more than "
	    TEXT_OF(PROXY_BYTES_MAX) " bytes, or a line of more than "
	    TEXT_OF(PROXY_LINE_MAX),
	[REFUSAL_PROXY_SUM] = "closed: a PROXY header whose checksum is wrong",
	[REFUSAL_PROXY_CUT] = "closed: the peer ended within its PROXY header",
	[REFUSAL_PROXY_LATE] = "closed: no whole PROXY header in time "
	    "(proxy-timeout=)",
	[REFUSAL_PROXY_CROWD] = "closed: too many wait for their PROXY header, "
	    "this one for longest",
	[REFUSAL_STICKY_LATE] = "served by address: the key came too late "
	    "(peek-ms=)",
	[REFUSAL_STICKY_LONG] = "served by address: no key in the first bytes "
	    "(peek-bytes=)",
	[REFUSAL_STICKY_CUT] = "served by address: the peer ended within its "
	    "request",
	[REFUSAL_STICKY_FORM] = "served by address: what came is no HTTP "
	    "request",
	[REFUSAL_STICKY_EMPTY] = "served by address: the key is empty",
	[REFUSAL_STICKY_CROWD] = "served by address: too many keys are waited "
	    "for, this one for longest",
	[REFUSAL_STICKY_WAITED] = "closed: too many wait for a seat that takes "
	    "none (strict), this one for longest",
};

void
refusals_begin(struct refusals *r, int wake)
{
	memset(r, 0, sizeof(*r));
	r->wake = wake;
}

/* The count, then the mark: who takes the mark finds it, or the next does. */
void
refusals_add(struct refusals *r, enum refusal reason, unsigned int listener)
{
	static const uint64_t one = 1;

	__atomic_fetch_add(&r->count[reason][listener], 1, __ATOMIC_RELAXED);
	if (__atomic_exchange_n(&r->any, 1, __ATOMIC_ACQ_REL) == 0 &&
	    r->wake >= 0)
		(void)!write(r->wake, &one, sizeof(one));
}

static bool
tell(struct refusals *r, struct channel *c, unsigned int reason,
    unsigned int listener)
{
	struct cadre__frame frame = { .type = CADRE_FRAME_REFUSED,
	    .length = sizeof(struct cadre__frame_refused) };
	struct cadre__frame_refused body = { .reason = reason,
	    .listener = listener };

	body.count = __atomic_exchange_n(&r->count[reason][listener], 0,
	    __ATOMIC_RELAXED);
	if (body.count == 0 || channel_send(c, &frame, &body, NULL, 0) == 0)
		return true;
	__atomic_fetch_add(&r->count[reason][listener], body.count,
	    __ATOMIC_RELAXED);
	return false;
}

int
refusals_tell(struct refusals *r, struct channel *c, uint64_t now_ns)
{
	bool told = true;

	if (__atomic_load_n(&r->any, __ATOMIC_RELAXED) == 0 || c->fd < 0)
		return -1;
	/* What says that a worker is ready, or has left, goes before. */
	if (now_ns - r->told_ns < TELL_NS || channel_waits(c))
		return (int)(TELL_NS / NS_PER_MS);
	r->told_ns = now_ns;
	__atomic_exchange_n(&r->any, 0, __ATOMIC_ACQ_REL);
	for (unsigned int i = 0; i < REFUSALS && told; i++)
		for (unsigned int k = 0; k < CADRE_LISTENERS_MAX && told; k++)
			told = !channel_waits(c) && tell(r, c, i, k);
	if (told)
		return -1;
	__atomic_store_n(&r->any, 1, __ATOMIC_RELEASE);
	return (int)(TELL_NS / NS_PER_MS);
}

/* So many at once, and then one each EVENTS_STEP_NS, whatever is said. */
static bool
may_tell(struct cadre_master *m, uint64_t now_ns)
{
	if (m->refused_paid_ns + EVENTS_BURST * EVENTS_STEP_NS < now_ns)
		m->refused_paid_ns = now_ns - EVENTS_BURST * EVENTS_STEP_NS;
	if (m->refused_paid_ns + EVENTS_STEP_NS > now_ns)
		return false;
	m->refused_paid_ns += EVENTS_STEP_NS;
	return true;
}

static void
event(struct cadre_master *m, unsigned int reason, unsigned int listener,
    uint64_t now_ns)
{
	struct refused *r = &m->refused[reason][listener];
	struct cadre_shm_event e;
	char who[48] = "";
	int n;

	if (r->teller != CADRE_NO_SEAT)
		snprintf(who, sizeof(who), ", seat %" PRIu32 "%s", r->teller,
		    r->others ? " and others" : "");
	event_of(&e, CADRE_EVENT_PEERS, m, NULL, NULL);
	e.tries = r->count < UINT32_MAX ? (uint32_t)r->count : UINT32_MAX;
	e.duration_ns = r->told_ns != 0 ? now_ns - r->told_ns : 0;
	n = snprintf(e.text, sizeof(e.text), "%s%s: %" PRIu64 " connection%s "
	    "%s", m->listeners[listener].address, who, r->count,
	    r->count == 1 ? "" : "s", texts[reason]);
	e.text_bytes = n < (int)sizeof(e.text) ? (uint32_t)n :
	    sizeof(e.text) - 1;
	*r = (struct refused){ .told_ns = now_ns };
	report(m, &e);
}

static bool
told_lately(const struct cadre_master *m, unsigned int reason, uint64_t now_ns)
{
	const struct refused *r = m->refused[reason];

	for (unsigned int k = 0; k < m->nlisteners; k++)
		if (r[k].told_ns != 0 && now_ns - r[k].told_ns < EVENT_NS)
			return true;
	return false;
}

/* In turn: those whose last event is the longest ago. */
static bool
next_due(const struct cadre_master *m, uint64_t now_ns,
    unsigned int *ret_reason, unsigned int *ret_listener)
{
	uint64_t least_ns = UINT64_MAX;

	for (unsigned int i = 0; i < REFUSALS; i++) {
		const struct refused *r = m->refused[i];

		if (told_lately(m, i, now_ns))
			continue;
		for (unsigned int k = 0; k < m->nlisteners; k++)
			if (r[k].count > 0 && r[k].told_ns < least_ns) {
				least_ns = r[k].told_ns;
				*ret_reason = i;
				*ret_listener = k;
			}
	}
	return least_ns != UINT64_MAX;
}

/* Who says most of them is the one to be named. */
static void
count_in(struct refused *r, uint32_t teller, uint32_t n)
{
	if (r->count == 0)
		r->teller = teller;
	if (r->teller == teller)
		r->lead += n;
	else if (r->lead >= n)
		r->lead -= n;
	else {
		r->lead = n - r->lead;
		r->teller = teller;
	}
	r->count += n;			/* 2^32 of them fit */
}

/* A worker refuses what owes it a header; the acceptor looks for keys. */
static bool
can_be(const struct cadre_master *m, const struct cadre__frame_refused *said,
    uint32_t teller)
{
	const struct listener *l;

	if (said->reason >= REFUSALS || said->listener >= m->nlisteners ||
	    said->count == 0)
		return false;
	l = &m->listeners[said->listener];
	return said->reason < REFUSAL_STICKY_LATE ?
	    teller != CADRE_NO_SEAT && l->trusted.nets > 0 :
	    teller == CADRE_NO_SEAT && l->mode == LISTENER_STICKY;
}

const char *
refusals_take(struct cadre_master *m, const void *body, uint32_t teller)
{
	struct cadre__frame_refused said;
	struct refused *r;

	memcpy(&said, body, sizeof(said));
	if (!can_be(m, &said, teller))
		return "refusals that cannot be";
	r = &m->refused[said.reason][said.listener];
	r->others = r->count > 0 && (r->others || r->teller != teller);
	count_in(r, teller, said.count);
	refusals_tick(m, clock_now_ns());
	return NULL;
}

void
refusals_tick(struct cadre_master *m, uint64_t now_ns)
{
	unsigned int reason, listener;

	while (next_due(m, now_ns, &reason, &listener) && may_tell(m, now_ns))
		event(m, reason, listener, now_ns);
}
