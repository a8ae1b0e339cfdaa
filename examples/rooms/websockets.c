/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All WebSockets of a worker, and time: who is silent is asked, who does not
 * answer is cut, and a drain has an end for each.
 */
#include "examples/rooms/websocket.h"

#include <sys/random.h>

#include <wslay/wslay.h>

#define NS_PER_MS	UINT64_C(1000000)
#define LOOK_MS		500		/* at each of them, at least */
#define DRAIN_LOOK_MS	20

void
websockets_begin(struct websockets *set)
{
	TAILQ_INIT(&set->all);
	TAILQ_INIT(&set->dirty);
}

uint64_t
websockets_lot(const struct websockets *set, const struct websocket *s)
{
	uint64_t span = set->drain_ns[1] - set->drain_ns[0], lot = 0;

	if (getrandom(&lot, sizeof(lot), GRND_NONBLOCK) < 0)
		lot = (uint64_t)(uintptr_t)s / sizeof(*s);
	return set->drain_ns[0] + (span > 0 ? lot % span : 0);
}

void
websockets_drain(struct websockets *set, uint64_t from_ns, uint64_t until_ns)
{
	struct websocket *s;

	set->draining = true;
	set->drain_ns[0] = from_ns;
	set->drain_ns[1] = until_ns > from_ns ? until_ns : from_ns;
	set->look_ns = 0;
	TAILQ_FOREACH(s, &set->all, link)
		if (s->state == WEBSOCKET_OPEN)
			s->due_ns = websockets_lot(set, s);
}

static void
look(struct websocket *s, uint64_t now)
{
	uint64_t silent_ns = now - s->heard_ns;
	struct wslay_event_msg ping = { .opcode = WSLAY_PING };

	if (s->due_ns != 0 && now >= s->due_ns) {
		if (s->state == WEBSOCKET_OPEN)
			websocket_close(s, 1012, "service restart");
		else
			websocket_cut(s, WEBSOCKET_SILENT);
	} else if (s->state == WEBSOCKET_OPEN &&
	    silent_ns > s->set->ping_ms * NS_PER_MS) {
		if (s->pinged && silent_ns > 2 * s->set->ping_ms * NS_PER_MS)
			websocket_cut(s, WEBSOCKET_SILENT);
		else if (!s->pinged &&
		    wslay_event_queue_msg(s->wslay, &ping) == 0)
			websocket_mark(s);
		s->pinged = true;
	}
}

int
websockets_tick(struct websockets *set)
{
	struct websocket *s, *next;
	uint64_t now;

	if (set->n == 0)
		return -1;
	now = websocket_now_ns();
	if (now >= set->look_ns) {
		set->look_ns = now + NS_PER_MS *
		    (set->draining ? DRAIN_LOOK_MS : LOOK_MS);
		TAILQ_FOREACH(s, &set->all, link)
			look(s, now);
	}
	for (s = TAILQ_FIRST(&set->dirty); s != NULL; s = next) {
		TAILQ_REMOVE(&set->dirty, s, dirty);
		s->is_dirty = false;
		websocket_advance(s);
		next = TAILQ_FIRST(&set->dirty);
	}
	if (set->n == 0)
		return -1;
	return set->look_ns > now ?
	    (int)((set->look_ns - now) / NS_PER_MS) + 1 : 0;
}
