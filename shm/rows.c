/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the master writes while the app runs: schema rows, lives, baselines,
 * events, its own beat. One writer, so loads of these words give what it
 * stored itself. No word of a worker decides anything here: a baseline and a
 * dead worker's last records are copied as they are, and the one index taken
 * from a slot, the head of its health ring, is masked by the ring's size.
 *
 * Fences come in pairs: each names the reader's partner.
 */
#include "shm/export.h"

#include <errno.h>
#include <string.h>

#include "shm/atomic.h"
#include "shm/fault.h"

static struct cadre_shm_header *
header(const struct cadre__anchor *a)
{
	return (void *)a->map;
}

/* A kill before the last store leaves a row that nobody looks at. */
int
cadre__anchor_metric(struct cadre__anchor *a, const struct cadre_shm_metric *m)
{
	struct cadre_shm_metric *rows = (void *)(a->map + a->places.schema);
	unsigned int i = a->metrics;

	if (i == a->places.metrics_max)
		return -ENOSPC;
	shm_copy_in(&rows[i], m, sizeof(*m));
	CADRE_FAULT_AT("row.metric");
	shm_fence_store();	/* the row, then metrics: cadre__schema_now() */
	shm_store(&header(a)->metrics, i + 1);
	a->metrics = i + 1;
	return (int)i;
}

/* Before the magic: nobody reads yet, so plain stores do. */
void
cadre__anchor_listener(struct cadre__anchor *a, unsigned int i,
    const char *address, const char *mode)
{
	struct cadre_shm_listener *rows =
	    (void *)(a->map + a->places.listeners);

	if (i >= a->shape.listeners)
		return;
	memset(&rows[i], 0, sizeof(rows[i]));
	strncpy(rows[i].address, address, sizeof(rows[i].address) - 1);
	strncpy(rows[i].mode, mode, sizeof(rows[i].mode) - 1);
}

/* One word in each of its rows; a kill between them is the end of the app. */
void
cadre__anchor_seat(struct cadre__anchor *a, unsigned int seat, bool wanted)
{
	struct cadre_shm_row *rows = (void *)(a->map + a->places.slots);

	for (unsigned int i = 0; i < CADRE_SLOTS_PER_SEAT; i++)
		if (CADRE_SLOTS_PER_SEAT * seat + i < a->nslots)
			shm_store(&rows[CADRE_SLOTS_PER_SEAT * seat +
			    i].wanted, wanted);
}

void
cadre__anchor_door(struct cadre__anchor *a, unsigned int seat, uint64_t door)
{
	struct cadre_shm_row *rows = (void *)(a->map + a->places.slots);

	for (unsigned int i = 0; i < CADRE_SLOTS_PER_SEAT; i++)
		if (CADRE_SLOTS_PER_SEAT * seat + i < a->nslots)
			shm_store(&rows[CADRE_SLOTS_PER_SEAT * seat + i].door,
			    door);
}

void
cadre__anchor_listener_flags(struct cadre__anchor *a, unsigned int i,
    uint32_t flags)
{
	struct cadre_shm_listener *rows =
	    (void *)(a->map + a->places.listeners);

	if (i < a->shape.listeners)
		rows[i].flags = flags;
}

void
cadre__anchor_wanted(struct cadre__anchor *a, unsigned int place,
    uint64_t hash)
{
	if (a->shape.publish_bytes > 0)
		cadre__wanted_set((void *)(a->map + a->places.wanted), place,
		    hash);
}

/*
 * Before the fork, which is a full fence (C in topic.c): whoever publishes or
 * goes to sleep and finds less here was seen by that worker, as
 * cadre__publish_fence() and cadre__wanted_sleep() have it.
 */
void
cadre__anchor_used(struct cadre__anchor *a, unsigned int seat)
{
	struct cadre_shm_wanted *w = (void *)(a->map + a->places.wanted);

	if (a->shape.publish_bytes > 0 && shm_load(&w->seats) <= seat)
		shm_store(&w->seats, seat + 1);
}

uint64_t
cadre__anchor_filter_word(const struct cadre__anchor *a, unsigned int slot)
{
	const struct cadre_shm_topics *t =
	    (const void *)(a->slot[slot] + a->places.topics);

	return shm_load(&t->wanted.filter);
}

uint64_t
cadre__anchor_sleeps_word(const struct cadre__anchor *a, unsigned int slot)
{
	const struct cadre_shm_topics *t =
	    (const void *)(a->slot[slot] + a->places.topics);

	return shm_load(&t->wanted.sleeps);
}

/*
 * Two words and no count: a reader that meets a change shows a new depth with
 * an old age for a moment, and a kill leaves it so until the next look.
 */
void
cadre__anchor_queue(struct cadre__anchor *a, unsigned int listener,
    uint64_t queue, uint64_t queue_since_ns)
{
	struct cadre_shm_listener *rows =
	    (void *)(a->map + a->places.listeners);

	if (listener >= a->shape.listeners)
		return;
	shm_store(&rows[listener].queue, queue);
	CADRE_FAULT_AT("row.queue");
	shm_store(&rows[listener].queue_since_ns, queue_since_ns);
}

/*
 * Fill the copy that `count` does not name, then move it. A kill anywhere
 * leaves the last whole copy named, and the next publish begins again.
 */
void
cadre__anchor_life(struct cadre__anchor *a, unsigned int slot,
    const struct cadre_shm_life *life)
{
	struct cadre_shm_row *rows = (void *)(a->map + a->places.slots);
	struct cadre_shm_row *row;
	uint64_t n;

	if (slot >= a->nslots)
		return;
	row = &rows[slot];
	n = shm_load(&row->count) + 1;
	shm_fence_store();	/* A: the last count, then words of its other
				   copy: second fence of cadre__life_read() */
	shm_copy_in(&row->life[n & 1], life, sizeof(*life));
	CADRE_FAULT_AT("row.life");
	shm_fence_store();	/* B: the copy, then count: its first fence */
	shm_store(&row->count, n);
}

/* A kill in between leaves some of before: nobody puts them together. */
void
cadre__anchor_messages(struct cadre__anchor *a, unsigned int slot,
    uint64_t sent, uint64_t received, uint64_t dropped, uint64_t queued)
{
	struct cadre_shm_row *rows = (void *)(a->map + a->places.slots);

	if (slot >= a->nslots)
		return;
	shm_store(&rows[slot].sent, sent);
	shm_store(&rows[slot].received, received);
	shm_store(&rows[slot].dropped, dropped);
	shm_store(&rows[slot].queued, queued);
}

/*
 * The front of the slot as its last life left it. Its first word is the
 * generation of the row, not of the slot, where a life that died early never
 * wrote its own, and is stored first: a reader that finds it equal to the
 * generation in the row knows that this baseline is already the next life's.
 * A kill halfway leaves figures of that one ended life that cannot be told
 * from its totals; the next spawn begins again.
 */
void
cadre__anchor_baseline(struct cadre__anchor *a, unsigned int slot)
{
	const struct cadre_shm_row *rows =
	    (const void *)(a->map + a->places.slots), *row;
	size_t words = a->places.front_bytes / sizeof(uint64_t);
	const uint64_t *from;
	uint64_t *to;

	if (slot >= a->nslots)
		return;
	from = (const void *)a->slot[slot];
	to = (void *)(a->map + a->places.baselines +
	    slot * a->places.front_bytes);
	row = &rows[slot];
	shm_store(&to[0], shm_load(&row->life[shm_load(&row->count) & 1]
	    .generation));
	CADRE_FAULT_AT("row.baseline");
	shm_fence_store();	/* generation, then figures: life_sum() */
	for (size_t i = 1; i < words; i++)
		shm_store(&to[i], shm_load(&from[i]));
	shm_fence_store();	/* the baseline, then the new life's row */
}

void
cadre__anchor_state(struct cadre__anchor *a, uint64_t state, uint64_t workers)
{
	shm_store(&header(a)->state, state);
	shm_store(&header(a)->workers, workers);
}

void
cadre__anchor_beat(struct cadre__anchor *a, uint64_t now_ns)
{
	shm_store(&header(a)->beat_ns, now_ns);
	CADRE_FAULT_AT("anchor.beat");
	shm_store(&header(a)->beats, ++a->beats);
}

/* Restarts first: a pid that shows is never of a life not yet counted. */
void
cadre__anchor_acceptor(struct cadre__anchor *a, uint64_t pid,
    uint64_t restarts)
{
	shm_store(&header(a)->acceptor_restarts, restarts);
	CADRE_FAULT_AT("anchor.acceptor");
	shm_fence_store();	/* restarts, then pid: cadre_region_app() */
	shm_store(&header(a)->acceptor_pid, pid);
}

/*
 * Overwrites the oldest. A kill halfway leaves a record numbered 0, which
 * readers count as lost, and `events` as it was.
 */
void
cadre__anchor_event(struct cadre__anchor *a, struct cadre_shm_event *e)
{
	struct cadre_shm_event *ring = (void *)(a->map + a->places.events);
	struct cadre_shm_event *to =
	    &ring[a->events & (CADRE_EVENT_RECORDS - 1)];
	const size_t tag = sizeof(to->number);	/* apart from the words */

	e->number = ++a->events;
	shm_store(&to->number, 0);
	CADRE_FAULT_AT("event.words");
	shm_fence_store();	/* 0, then words: ring_copy() second fence */
	shm_copy_in((char *)to + tag, (const char *)e + tag, sizeof(*e) - tag);
	shm_fence_store();	/* words, then number: its first fence */
	shm_store(&to->number, e->number);
	CADRE_FAULT_AT("event.number");
	shm_fence_store();	/* number, then events: ring_read() */
	shm_store(&header(a)->events, e->number);
}

uint64_t
cadre__anchor_busy_word(const struct cadre__anchor *a, unsigned int slot)
{
	const struct cadre_shm_slot *s = (const void *)a->slot[slot];

	return shm_load(&s->busy_since_ns);
}

uint64_t
cadre__anchor_accepted_word(const struct cadre__anchor *a, unsigned int slot)
{
	const struct cadre_shm_slot *s = (const void *)a->slot[slot];

	return shm_load(&s->accepted);
}

uint64_t
cadre__anchor_gate_word(const struct cadre__anchor *a, unsigned int slot)
{
	const struct cadre_shm_slot *s = (const void *)a->slot[slot];

	return shm_load(&s->gate);
}

uint64_t
cadre__anchor_open_word(const struct cadre__anchor *a, unsigned int slot)
{
	const struct cadre_shm_slot *s = (const void *)a->slot[slot];

	return shm_load(&s->open);
}

uint64_t
cadre__anchor_deadline_word(const struct cadre__anchor *a, unsigned int slot)
{
	const struct cadre_shm_slot *s = (const void *)a->slot[slot];

	return shm_load(&s->deadline_ns);
}

void
cadre__anchor_request(const struct cadre__anchor *a, unsigned int slot,
    uint64_t *ret_begun_ns, char ret_tag[CADRE_TAG_BYTES])
{
	const struct cadre_shm_slot *s = (const void *)a->slot[slot];
	uint64_t words[CADRE_TAG_BYTES / sizeof(uint64_t)];

	shm_fence_load();	/* the deadline, then whose:
				   cadre__slot_request_begin() */
	*ret_begun_ns = shm_load(&s->request_ns);
	shm_copy_out(words, s->request_tag, sizeof(words));
	memcpy(ret_tag, words, sizeof(words));
	ret_tag[CADRE_TAG_BYTES - 1] = '\0';
}

uint64_t
cadre__anchor_word(const struct cadre__anchor *a, unsigned int slot,
    uint64_t offset)
{
	return shm_load((const uint64_t *)(const void *)
	    (a->slot[slot] + offset));
}

unsigned int
cadre__anchor_last_health(const struct cadre__anchor *a, unsigned int slot,
    struct cadre_shm_health *records, unsigned int n)
{
	const struct cadre_shm_slot *s = (const void *)a->slot[slot];
	const struct cadre_shm_health *ring =
	    (const void *)(a->slot[slot] + a->places.health);
	uint64_t head = shm_load(&s->healths), tag;
	unsigned int found = 0;

	for (uint64_t back = n; back > 0; back--) {
		uint64_t number = head - back + 1;
		const struct cadre_shm_health *from =
		    &ring[(number - 1) & (CADRE_HEALTH_RECORDS - 1)];
		struct cadre_shm_health *to = &records[found];

		tag = shm_load(&from->flags) >> CADRE_HEALTH_BITS;
		if (tag == 0 || tag != number << CADRE_HEALTH_BITS >>
		    CADRE_HEALTH_BITS)
			continue;	/* never written, or not whole */
		shm_copy_out(to, from, sizeof(*to));
		to->flags &= (1 << CADRE_HEALTH_BITS) - 1;
		found++;
	}
	return found;
}
