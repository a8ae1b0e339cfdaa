/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which seat: by its room, its limit, its turn or its load. Nothing here gives
 * or takes; desk.c does.
 */
#include "runtime/pick.h"
#include "shm/atomic.h"

static uint64_t
draw(struct desk *d)
{
	d->random ^= d->random << 13;
	d->random ^= d->random >> 7;
	d->random ^= d->random << 17;
	return d->random;
}

int64_t
pick_load(const struct desk *d, const struct routes *t, unsigned int seat)
{
	unsigned int slot = t->slot_of[seat];
	int64_t n = cadre__acceptor_load(&d->post->shm, slot,
	    (const struct cadre_shm_slot *)(const void *)d->post->slots[slot]);

	return n > 0 ? n : 0;	/* less: a kill between two of its words */
}

uint64_t
pick_turn_ns(const struct desk *d, const struct routes *t, unsigned int seat)
{
	const struct cadre_shm_slot *s =
	    (const void *)d->post->slots[t->slot_of[seat]];
	uint64_t since_ns = shm_load(&s->busy_since_ns);

	return since_ns != 0 && since_ns < d->now_ns ? d->now_ns - since_ns : 0;
}

/*
 * How much may wait for one worker. Messages of many are cheap, but what waits
 * for a worker whose turn takes long would be served sooner by another: then
 * only the next one is given, and the rest waits for whoever is free first.
 */
static unsigned int
room_of(const struct desk *d, const struct routes *t, unsigned int seat)
{
	return pick_turn_ns(d, t, seat) > PICK_SLOW_NS ? 1 : HANDOVER_BATCH;
}

/* Counted once per pump, and when it was used up, since it picks up meanwhile. */
bool
pick_has_room(struct desk *d, const struct routes *t, unsigned int seat)
{
	struct desk_seat *s = &d->seats[seat];
	unsigned int used, most;

	if (s->shut)
		return false;
	if (s->looked == d->pump && s->room > 0)
		return true;
	if (s->batch.n > 0)
		return false;		/* this message is full: it goes first */
	used = handover_unpicked(desk_handover(d, seat)->worker);
	most = room_of(d, t, seat);
	s->room = used < most ? most - used : 0;
	s->looked = d->pump;
	return s->room > 0;
}

bool
pick_under_limit(const struct desk *d, const struct routes *t,
    unsigned int seat)
{
	return d->post->worker_limit == 0 ||
	    (uint64_t)pick_load(d, t, seat) < d->post->worker_limit;
}

/* The first target behind that seat, around the end; as an index. */
static unsigned int
after(const struct routes *t, unsigned int seat)
{
	unsigned int low = 0, high = t->targets, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (t->target[mid] <= seat)
			low = mid + 1;
		else
			high = mid;
	}
	return low < t->targets ? low : 0;
}

static int
in_turn(struct desk *d, const struct routes *t)
{
	unsigned int first = after(t, d->turn), seat;
	int end = PICK_LIMIT;		/* all are, unless one lacks only room */

	for (unsigned int i = 0; i < t->targets; i++) {
		seat = t->target[(first + i) % t->targets];
		if (!pick_under_limit(d, t, seat))
			continue;
		if (pick_has_room(d, t, seat))
			return (int)seat;
		end = PICK_ROOM;
	}
	return end;
}

/* Better of two, or best of all if these are few; of equals, the next in turn. */
static int
least_of(struct desk *d, const struct routes *t)
{
	bool few = t->targets <= PICK_ALL;
	unsigned int first = after(t, d->turn), n = few ? t->targets : 2, seat;
	int64_t least = INT64_MAX, l;
	int best = PICK_LIMIT;
	uint64_t at = 0;

	for (unsigned int i = 0; i < n; i++) {
		/* Of many two that are drawn, and not the same twice. */
		at = few ? first + i : i == 0 ? draw(d) % t->targets :
		    at + 1 + draw(d) % (t->targets - 1);
		seat = t->target[at % t->targets];
		if (!pick_under_limit(d, t, seat))
			continue;
		if (!pick_has_room(d, t, seat)) {
			if (best < 0)
				best = PICK_ROOM;
			continue;
		}
		l = pick_load(d, t, seat);
		if (l < least) {
			least = l;
			best = (int)seat;
		}
	}
	return best;
}

bool
pick_app_is_full(const struct desk *d, const struct routes *t)
{
	uint64_t most = d->post->worker_limit != 0 ? d->post->worker_limit :
	    d->post->app_limit, sum = 0, l;

	if (d->post->app_limit == 0)
		return false;
	/* A lie is as good as the limit, and no more. */
	for (unsigned int i = 0; i < t->seats; i++) {
		if ((t->route[i].flags & CADRE_ROUTE_LIVES) == 0)
			continue;
		l = (uint64_t)pick_load(d, t, t->route[i].seat);
		sum += l < most ? l : most;
	}
	return sum >= d->post->app_limit;
}

int
pick(struct desk *d, const struct routes *t)
{
	int seat;

	if (t->targets == 0)
		return PICK_ROOM;
	if (pick_app_is_full(d, t))
		return PICK_LIMIT;
	if (d->mode == LISTENER_RR)
		return in_turn(d, t);
	seat = least_of(d, t);
	/* Two may be full by bad luck; then anybody will do. */
	return seat < 0 && t->targets > PICK_ALL ? in_turn(d, t) : seat;
}
