/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a screen shows: the app, its listeners, its seats. Two lives can stand
 * in the slots of a seat; here it is decided which one is the seat's worker.
 */
#include "shm/export.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "shm/atomic.h"
#include "shm/clock.h"
#include "shm/region.h"

#define CLOCK_SLACK_NS	NS_PER_S	/* between a look and what it sees */

/* A stamp from another process may be wrong, or of a moment ago. */
static uint64_t
since(uint64_t now_ns, uint64_t stamp_ns)
{
	return now_ns > stamp_ns ? now_ns - stamp_ns : 0;
}

static uint64_t
whole_pages(uint64_t bytes)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

static uint32_t
narrow(uint64_t word)
{
	return word < UINT32_MAX ? (uint32_t)word : UINT32_MAX;
}

static bool
master_lives(const struct cadre_region *r)
{
	uint64_t start;

	return r->master_pid <= INT32_MAX && r->master_start != 0 &&
	    cadre__proc_start((int)r->master_pid, &start) == 0 &&
	    start == r->master_start;
}

static bool
acceptor_used(const struct cadre_region *r)
{
	const struct cadre_shm_header *h = cadre__header(r);

	return shm_load(&h->acceptor_pid) != 0 ||
	    shm_load(&h->acceptor_restarts) != 0;
}

/* Objects that had a writer and are not there: who held them is gone. */
static uint32_t
missing(const struct cadre_region *r)
{
	struct cadre_shm_life life = { 0 };
	uint32_t n = r->mapped && r->acceptor == r->zero && acceptor_used(r);

	for (unsigned int i = 0; r->mapped && i < r->nslots; i++)
		n += r->slot[i] == r->zero &&
		    (cadre__life_read(r, i, &life) == UINT64_MAX ||
		    (life.generation != 0 && (life.flags &
		    (CADRE_LIFE_PROGRAM | CADRE_LIFE_ATTACHED)) !=
		    CADRE_LIFE_PROGRAM));
	return n;
}

int
cadre_region_app(const struct cadre_region *r, struct cadre_app *ret_app)
{
	const struct cadre_shm_header *h = cadre__header(r);
	struct cadre_app app = {
		.state = narrow(shm_load(&h->state)),
		.workers = narrow(shm_load(&h->workers)),
		.max_workers = r->max_workers,
		.master_lives = master_lives(r),
		.master_pid = (int64_t)r->master_pid,
		.created_mono_ns = r->created_mono_ns,
		.bytes = r->anchor_bytes + whole_pages(r->acceptor_bytes) +
		    (uint64_t)r->nslots * r->slot_bytes,
		.missing = missing(r),
	};
	uint64_t pid = shm_load(&h->acceptor_pid);

	shm_fence_load();	/* pid, then restarts: cadre__anchor_acceptor() */
	app.acceptor_pid = pid <= INT32_MAX ? (int64_t)pid : 0;
	app.acceptor_restarts = shm_load(&h->acceptor_restarts);
	app.beat_age_ns = since(clock_now_ns(), shm_load(&h->beat_ns));
	memcpy(app.name, r->name, sizeof(app.name));
	*ret_app = app;
	return 0;
}

int
cadre_region_listener(const struct cadre_region *r, unsigned int i,
    struct cadre_shm_listener *ret_listener)
{
	struct cadre_shm_listener l = { .address = "" };

	if (i < r->part[PART_LISTENERS].records)
		shm_copy_out(&l, cadre__record(r, PART_LISTENERS, i),
		    sizeof(l));
	if (l.address[0] == '\0')
		return cadre__fail(-ENOENT, "there is no listener %u", i);
	l.address[sizeof(l.address) - 1] = '\0';
	l.mode[sizeof(l.mode) - 1] = '\0';
	*ret_listener = l;
	return 0;
}

int
cadre_region_intake(const struct cadre_region *r, unsigned int i,
    struct cadre_shm_intake *ret_intake)
{
	struct cadre_shm_listener l;
	int err = cadre_region_listener(r, i, &l);

	if (err == 0 && i >= r->part[PART_INTAKE].records)
		err = cadre__fail(-ENOENT, "there is no intake %u", i);
	if (err == 0)
		shm_copy_out(ret_intake, cadre__acceptor_record(r,
		    PART_INTAKE, i), sizeof(*ret_intake));
	return err;
}

static bool
is_later(uint64_t stamp_ns, uint64_t now_ns)
{
	return stamp_ns > now_ns && stamp_ns - now_ns > CLOCK_SLACK_NS;
}

/* Counters only grow, so none is less than when this life began. */
static bool
counters_fell(const struct cadre_region *r, const struct cadre_shm_slot *h,
    const struct cadre_shm_slot *base)
{
	const struct cadre__schema *s = cadre__schema_now(r);
	uint64_t front = r->part[PART_BASELINES].record_bytes;
	const struct cadre__word *w;
	uint64_t least;

	for (unsigned int i = 0; i < s->metrics; i++) {
		w = &s->word[i];
		if (!w->counter || w->mode != MODE_KEEP ||
		    w->offset > front - sizeof(uint64_t))
			continue;
		least = shm_load(cadre__word_at((const void *)base, w->offset));
		shm_fence_load();	/* baseline, then what grew from it */
		if (shm_load(cadre__word_at((const void *)h, w->offset)) < least)
			return true;
	}
	return false;
}

/*
 * Words of a life that cannot be: less than before it began, more than its
 * time allows, of a time to come. `open` is read before what bounds it.
 */
static bool
impossible(const struct cadre_region *r, const struct cadre_shm_slot *h,
    const struct cadre_shm_slot *base, const struct cadre_shm_life *life,
    uint64_t now_ns)
{
	uint64_t open = shm_load(&h->open), busy_ns = shm_load(&h->busy_ns);
	uint64_t accepted, spent_ns = busy_ns - shm_load(&base->busy_ns);

	shm_fence_load();	/* open, then what bounds it */
	accepted = shm_load(&h->accepted);
	return counters_fell(r, h, base) ||
	    is_later(shm_load(&h->busy_since_ns), now_ns) ||
	    is_later(shm_load(&h->idle_since_ns), now_ns) ||
	    spent_ns > since(now_ns, life->spawned_ns) + CLOCK_SLACK_NS ||
	    shm_load(&h->turns) < shm_load(&base->turns) ||
	    shm_load(&h->done) < shm_load(&base->done) ||
	    shm_load(&h->shed) < shm_load(&base->shed) ||
	    shm_load(&h->refused) < shm_load(&base->refused) ||
	    shm_load(&h->gate) > CADRE_GATE_FULL ||
	    accepted < shm_load(&base->accepted) ||
	    open > accepted - shm_load(&base->accepted);
}

/*
 * Does the slot contradict the master's row, or itself? Only a worker that
 * writes there what it likes makes it so. A generation that is not this
 * life's and younger than the one before was never given to it; a forked
 * worker that is up has stored its own.
 */
static bool
doubtful(const struct cadre_region *r, unsigned int i,
    const struct cadre_shm_life *life, uint64_t count, uint64_t now_ns)
{
	const struct cadre_shm_slot *h = cadre__head(r, i);
	const struct cadre_shm_slot *base =
	    (const void *)cadre__record(r, PART_BASELINES, i);
	uint64_t generation = shm_load(&h->generation);
	struct cadre_shm_life again;
	bool wrong;

	if (life->state < CADRE_STATE_STARTING ||
	    life->state > CADRE_STATE_DRAINING || r->slot[i] == r->zero ||
	    (life->flags & CADRE_LIFE_ATTACHED) == 0)
		return false;
	if (generation == life->generation)
		wrong = impossible(r, h, base, life, now_ns);
	else
		wrong = generation > shm_load(&base->generation) ||
		    (life->state == CADRE_STATE_UP &&
		    (life->flags & CADRE_LIFE_PROGRAM) == 0);
	shm_fence_load();	/* all that, then: still this life? */
	return wrong && cadre__life_read(r, i, &again) == count;
}

/* Words of two writers, read one after the other: near the truth. */
static void
load_view(const struct cadre_region *r, unsigned int i,
    const struct cadre_shm_slot *h, struct cadre_worker_view *v)
{
	const struct cadre_shm_assigned *a =
	    cadre__acceptor_record(r, PART_ASSIGNED, i);

	v->gate = shm_load(&h->gate);
	if (r->acceptor == r->zero)
		return;			/* nobody has it */
	v->assigned = shm_load(&a->assigned);
	v->load = (int64_t)(v->assigned - shm_load(&h->relieved));
}

/* `v->life` and `v->slot` are there; add what the worker says. */
static void
worker_view(const struct cadre_region *r, unsigned int seat,
    struct cadre_worker_view *v, uint64_t now_ns)
{
	unsigned int i = seat * CADRE_SLOTS_PER_SEAT + v->slot;
	const struct cadre_shm_slot *h = cadre__head(r, i), *base;
	uint64_t busy, stamp;

	v->idle = false;
	v->turns = v->busy_ns = 0;
	v->gate = v->assigned = 0;
	v->load = 0;
	v->beat_age_ns = since(now_ns, v->life.spawned_ns);
	if (shm_load(&h->generation) != v->life.generation)
		return;			/* has not begun, or nobody has it */
	base = (const void *)cadre__record(r, PART_BASELINES, i);
	load_view(r, i, h, v);
	v->turns = shm_load(&h->turns) - shm_load(&base->turns);
	shm_fence_load();	/* figures, then whose baseline it is */
	if (shm_load(&base->generation) == v->life.generation)
		v->turns = 0;	/* the next life's already: it has ended */
	busy = shm_load(&h->busy_since_ns);
	shm_fence_load();	/* idle, then since when: slot_turn_end() */
	stamp = busy != 0 ? busy : shm_load(&h->idle_since_ns);
	v->idle = busy == 0;
	v->beat_age_ns = since(now_ns, stamp);
	v->busy_ns = v->idle ? 0 : v->beat_age_ns;
}

/* Whom a screen shows first; within a rank the newer generation. */
static unsigned int
rank(const struct cadre_shm_life *life)
{
	static const unsigned int ranks[] = {
		[CADRE_STATE_EMPTY] = 0,
		[CADRE_STATE_DRAINING] = 1,
		[CADRE_STATE_BACKOFF] = 2,
		[CADRE_STATE_PARKED] = 2,
		[CADRE_STATE_DONE] = 2,
		[CADRE_STATE_STARTING] = 3,
		[CADRE_STATE_UP] = 3,
	};

	return life->state < sizeof(ranks) / sizeof(ranks[0]) ?
	    ranks[life->state] : 2;
}

static bool
goes_first(const struct cadre_shm_life *a, const struct cadre_shm_life *b)
{
	if (rank(a) != rank(b))
		return rank(a) > rank(b);
	return a->generation >= b->generation;
}

/* Four words, each by itself, of both its slots. */
static void
messages_view(const struct cadre_region *r, unsigned int slot,
    struct cadre_seat_view *v)
{
	const struct cadre_shm_row *row =
	    (const void *)cadre__record(r, PART_SLOTS, slot);

	v->messages_sent += shm_load(&row->sent);
	v->messages_received += shm_load(&row->received);
	v->messages_dropped += shm_load(&row->dropped);
	v->messages_queued += shm_load(&row->queued);
}

static uint32_t
door_view(const struct cadre_region *r, unsigned int slot)
{
	const struct cadre_shm_row *row =
	    (const void *)cadre__record(r, PART_SLOTS, slot);
	uint64_t door = shm_load(&row->door);

	return door <= CADRE_DOOR_SHUT ? (uint32_t)door : CADRE_DOOR_NONE;
}

int
cadre_region_seat(const struct cadre_region *r, unsigned int seat,
    struct cadre_seat_view *ret_seat)
{
	struct cadre_seat_view v = { .seat = seat };
	struct cadre_worker_view w[CADRE_SLOTS_PER_SEAT] = { 0 };
	uint64_t count, now = clock_now_ns();
	unsigned int first, i;

	if (seat >= r->max_workers)
		return cadre__fail(-ENOENT, "there is no seat %u", seat);
	for (unsigned int k = 0; k < CADRE_SLOTS_PER_SEAT; k++) {
		i = seat * CADRE_SLOTS_PER_SEAT + k;
		count = cadre__life_read(r, i, &w[k].life);
		if (count == UINT64_MAX)
			return cadre__fail(-EAGAIN, "the row of seat %u "
			    "changes faster than it can be read", seat);
		w[k].slot = k;
		messages_view(r, i, &v);
		worker_view(r, seat, &w[k], now);
		w[k].doubtful = doubtful(r, i, &w[k].life, count, now);
	}
	first = goes_first(&w[0].life, &w[1].life) ? 0 : 1;
	v.newest = w[first];
	v.has_newest = w[first].life.generation != 0;
	v.state = narrow(w[first].life.state);
	v.draining = w[1 - first];
	v.has_draining = v.draining.life.state == CADRE_STATE_DRAINING;
	v.door = door_view(r, seat * CADRE_SLOTS_PER_SEAT);
	*ret_seat = v;
	return 0;
}
