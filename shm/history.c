/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings that overwrite: of a slot's health, of the master's events. Records
 * count from 1 and carry their number, 0 while they are written, so a reader
 * knows a whole record from one that is gone. It keeps its place itself, the
 * writer knows of no reader; what it came too late for it counts, exactly.
 */
#include "shm/export.h"

#include <errno.h>
#include <string.h>

#include "shm/atomic.h"
#include "shm/clock.h"
#include "shm/region.h"

#define FLAG_BITS	((UINT64_C(1) << CADRE_HEALTH_BITS) - 1)

struct ring {		/* of the master's events, of a slot's health */
	const char	*records;
	const uint64_t	*head;		/* how many were pushed */
	size_t		stride, bytes;	/* between records; of one to copy */
	uint64_t	size;		/* records, a power of two */
	size_t		tag;		/* offset of the word with the number */
	unsigned int	shift;		/* of the number in it */
};

/* Copy record `number`; false: it is gone, or was never finished. */
static bool
ring_copy(const struct ring *ring, uint64_t number, void *to)
{
	const char *from = ring->records +
	    ((number - 1) & (ring->size - 1)) * ring->stride;
	const uint64_t *tag = cadre__word_at(from, ring->tag);
	uint64_t before = shm_load(tag);

	if (before >> ring->shift != number << ring->shift >> ring->shift)
		return false;
	shm_fence_load();	/* number, then words: the push, second fence */
	shm_copy_out(to, from, ring->bytes);
	shm_fence_load();	/* words, then number: the push, first fence */
	return shm_load(tag) == before;
}

/*
 * A reader that was lapped goes on an eighth of the ring behind the oldest
 * record: the writer needs that long to lap it again.
 */
static void
catch_up(const struct ring *ring, uint64_t head, struct cadre_cursor *c)
{
	uint64_t to;

	if (c->next > head)		/* the ring began anew */
		c->next = head;
	if (head - c->next <= ring->size)
		return;
	to = head - ring->size;
	if (c->next == 0 && c->lost == 0) {
		c->next = to;		/* a new reader has lost nothing yet */
		return;
	}
	to += ring->size / 8;
	c->lost += to - c->next;
	c->next = to;
}

static int
ring_read(const struct ring *ring, struct cadre_cursor *cursor,
    void *records, unsigned int n)
{
	struct cadre_cursor c = *cursor;
	unsigned int got = 0;
	uint64_t head;

	/* Every turn moves next on; at most a ring's length of them fails. */
	for (uint64_t turn = 0; got < n && turn < ring->size + n; turn++) {
		head = shm_load(ring->head);
		shm_fence_load();	/* head, then number: the push, last */
		catch_up(ring, head, &c);
		if (c.next == head)
			break;
		c.next++;
		if (ring_copy(ring, c.next, (char *)records +
		    (size_t)got * ring->bytes))
			got++;
		else
			c.lost++;
	}
	*cursor = c;
	return (int)got;
}

/* Which slot, checked: ≥ 0, or -ENOENT. */
static int
slot_number(const struct cadre_region *r, unsigned int seat, unsigned int slot)
{
	if (seat >= r->max_workers || slot >= CADRE_SLOTS_PER_SEAT)
		return cadre__fail(-ENOENT, "there is no slot %u of seat %u",
		    slot, seat);
	return (int)(seat * CADRE_SLOTS_PER_SEAT + slot);
}

int
cadre_region_health(const struct cadre_region *r, unsigned int seat,
    unsigned int slot, struct cadre_cursor *cursor,
    struct cadre_shm_health *records, unsigned int n)
{
	int i = slot_number(r, seat, slot), got;
	struct ring ring;

	if (i < 0)
		return i;
	ring = (struct ring){
		.records = r->slot[i] + r->part[PART_HEALTH].offset,
		.head = &cadre__head(r, (unsigned int)i)->healths,
		.stride = r->part[PART_HEALTH].record_bytes,
		.bytes = sizeof(*records),
		.size = r->part[PART_HEALTH].records,
		.tag = offsetof(struct cadre_shm_health, flags),
		.shift = CADRE_HEALTH_BITS,
	};
	got = ring_read(&ring, cursor, records, n);
	for (int k = 0; k < got; k++)
		records[k].flags &= FLAG_BITS;
	return got;
}

int
cadre_region_events(const struct cadre_region *r, struct cadre_cursor *cursor,
    struct cadre_shm_event *events, unsigned int n)
{
	const struct ring ring = {
		.records = cadre__record(r, PART_EVENTS, 0),
		.head = &cadre__header(r)->events,
		.stride = r->part[PART_EVENTS].record_bytes,
		.bytes = sizeof(*events),
		.size = r->part[PART_EVENTS].records,
		.tag = offsetof(struct cadre_shm_event, number),
	};
	int got = ring_read(&ring, cursor, events, n);

	for (int k = 0; k < got; k++) {	/* so that callers may believe them */
		if (events[k].healths > CADRE_EVENT_HEALTHS)
			events[k].healths = CADRE_EVENT_HEALTHS;
		if (events[k].text_bytes > sizeof(events[k].text))
			events[k].text_bytes = sizeof(events[k].text);
	}
	return got;
}

int
cadre_region_health_now(const struct cadre_region *r, unsigned int seat,
    unsigned int slot, struct cadre_shm_health *ret_record)
{
	int i = slot_number(r, seat, slot);
	const struct cadre__schema *s;
	const struct cadre_shm_slot *h;
	const char *base;
	uint64_t generation;
	bool lives;

	if (i < 0)
		return i;
	s = cadre__schema_now(r);
	h = cadre__head(r, (unsigned int)i);
	base = r->slot[i];
	lives = cadre__slot_lives(r, (unsigned int)i, &generation);
	*ret_record = (struct cadre_shm_health){
		.mono_ns = clock_now_ns(),
		.turns = shm_load(&h->turns),
		.busy_ns = shm_load(&h->busy_ns),
		.accepted = shm_load(&h->accepted),
		.open = lives ? shm_load(&h->open) : 0,
		.requests = s->requests == 0 ? 0 :
		    shm_load(cadre__word_at(base, s->requests)),
		.errors = s->errors == 0 ? 0 :
		    shm_load(cadre__word_at(base, s->errors)),
		/* One word of it, so either copy is whole. */
		.flags = shm_load(&h->status[shm_load(&h->count) & 1].flags) &
		    FLAG_BITS,
	};
	return 0;
}

int
cadre__status_read(const struct cadre_shm_slot *h,
    struct cadre_shm_status *ret_status)
{
	struct cadre_shm_status st;
	uint64_t n;

	for (int i = 0; i < READ_TRIES; i++) {
		n = shm_load(&h->count);
		shm_fence_load();	/* count, then copy: …publish() B */
		shm_copy_out(&st, &h->status[n & 1], sizeof(st));
		shm_fence_load();	/* copy, then count: …publish() A */
		if (shm_load(&h->count) == n) {
			*ret_status = st;
			return 0;
		}
	}
	return -EAGAIN;
}

int
cadre_region_status(const struct cadre_region *r, unsigned int seat,
    unsigned int slot, struct cadre_shm_status *ret_status)
{
	int k = slot_number(r, seat, slot);

	if (k < 0)
		return k;
	if (cadre__status_read(cadre__head(r, (unsigned int)k), ret_status) < 0)
		return cadre__fail(-EAGAIN, "the status of seat %u changes "
		    "faster than it can be read", seat);
	return 0;
}

static const struct cadre_shm_topics *
topics_of(const struct cadre_region *r, unsigned int slot)
{
	if (r->part[PART_TOPICS].records == 0)
		return NULL;
	return (const void *)(r->slot[slot] + r->part[PART_TOPICS].offset);
}

int
cadre_region_topics(const struct cadre_region *r, unsigned int seat,
    unsigned int slot, struct cadre_topics_view *ret_topics)
{
	int i = slot_number(r, seat, slot);
	const struct cadre_shm_topics *t;
	uint64_t n;

	if (i < 0)
		return i;
	t = topics_of(r, (unsigned int)i);
	if (t == NULL)
		return cadre__fail(-EOPNOTSUPP, "workers of %s do not publish: "
		    "CADRE_PUBLISH_BYTES is 0, or it has too many seats",
		    r->name);
	n = shm_load(&t->records);
	*ret_topics = (struct cadre_topics_view){
		.published = n,
		.published_bytes = shm_load(&t->end[n & 1]),
		.woken = shm_load(&t->woken),
		.received = shm_load(&t->received),
		.lost = shm_load(&t->lost),
		.topics = shm_load(&t->wanted.topics),
		.asleep = (shm_load(&t->wanted.sleeps) & 1) != 0,
	};
	return 0;
}

bool
cadre__region_reader(const struct cadre_region *r, unsigned int slot,
    struct cadre__reader *ret_reader)
{
	const struct cadre_shm_topics *t = topics_of(r, slot);

	if (t == NULL)
		return false;
	cadre__reader_begin(ret_reader, t, (const void *)(r->slot[slot] +
	    r->part[PART_NEWS].offset),
	    (uint64_t)r->part[PART_NEWS].records * sizeof(uint64_t));
	return true;
}
