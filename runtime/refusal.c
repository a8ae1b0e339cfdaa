/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flood of bad connections costs a sum here and there: a count in who refuses
 * them, some frames a second to the master, an event a second for each reason
 * and listener, in which all of that time stand. A worker that lies about them
 * harms the sums of its app and nothing else.
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
#define EVENT_NS	NS_PER_S		/* events of one kind */

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

static void
event(struct cadre_master *m, unsigned int reason, unsigned int listener,
    uint64_t now_ns)
{
	struct refused *r = &m->refused[reason][listener];
	struct cadre_shm_event e;
	int n;

	event_of(&e, CADRE_EVENT_PEERS, m, NULL, NULL);
	e.tries = r->count < UINT32_MAX ? (uint32_t)r->count : UINT32_MAX;
	e.duration_ns = r->told_ns != 0 ? now_ns - r->told_ns : 0;
	n = snprintf(e.text, sizeof(e.text), "%s: %" PRIu64 " connection%s "
	    "%s", m->listeners[listener].address, r->count,
	    r->count == 1 ? "" : "s", texts[reason]);
	e.text_bytes = n < (int)sizeof(e.text) ? (uint32_t)n :
	    sizeof(e.text) - 1;
	*r = (struct refused){ .told_ns = now_ns };
	report(m, &e);
}

static void
event_in_time(struct cadre_master *m, unsigned int reason,
    unsigned int listener, uint64_t now_ns)
{
	struct refused *r = &m->refused[reason][listener];

	if (r->count > 0 && (r->told_ns == 0 ||
	    now_ns - r->told_ns >= EVENT_NS))
		event(m, reason, listener, now_ns);
}

const char *
refusals_take(struct cadre_master *m, const void *body)
{
	struct cadre__frame_refused said;
	struct refused *r;

	memcpy(&said, body, sizeof(said));
	if (said.reason >= REFUSALS || said.listener >= m->nlisteners ||
	    said.count == 0)
		return "refusals that cannot be";
	r = &m->refused[said.reason][said.listener];
	r->count += said.count;		/* 2^32 of them fit */
	event_in_time(m, said.reason, said.listener, clock_now_ns());
	return NULL;
}

void
refusals_tick(struct cadre_master *m, uint64_t now_ns)
{
	for (unsigned int i = 0; i < REFUSALS; i++)
		for (unsigned int k = 0; k < m->nlisteners; k++)
			event_in_time(m, i, k, now_ns);
}
