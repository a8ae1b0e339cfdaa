/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a worker writes about itself. It alone writes its slot, so every
 * update is a load and a store, without a lock prefix; readers take what is
 * there and are never waited for. Running totals are never zeroed: this life
 * counts on from what the last one left.
 *
 * Fences come in pairs: each names the reader's partner.
 */
#include "shm/export.h"

#include <string.h>

#include "shm/atomic.h"
#include "shm/fault.h"

static const uint64_t absent;	/* in the place of a metric not declared */

const struct cadre_shm_section *
cadre__section_find(const struct cadre_shm_header *h, uint32_t type)
{
	const char *at = (const char *)h + h->sections_offset;

	for (uint32_t i = 0; i < h->sections; i++) {
		const struct cadre_shm_section *s =
		    (const void *)(at + (size_t)i * h->section_bytes);

		if (s->type == type)
			return s;
	}
	return NULL;
}

/* Zero what ended with the last life; remember the words of two counters. */
static void
begin_metrics(struct cadre__slot *s, const struct cadre_shm_header *h)
{
	const struct cadre_shm_section *schema =
	    cadre__section_find(h, CADRE_SECTION_SCHEMA);
	uint64_t n = shm_load(&h->metrics);
	char *slot = (char *)s->head;

	shm_fence_load();	/* metrics, then rows: cadre__anchor_metric() */
	for (uint64_t i = 0; i < n && i < schema->records; i++) {
		struct cadre_shm_metric m;
		uint64_t *word;

		shm_copy_out(&m, (const char *)h + schema->offset +
		    i * schema->record_bytes, sizeof(m));
		if (m.offset > h->slot_bytes - sizeof(*word))
			continue;
		word = (void *)(slot + m.offset);
		if (m.on_death == CADRE_ON_DEATH_ZERO)
			shm_store(word, 0);
		if (strcmp(m.name, "requests") == 0)
			s->requests = word;
		else if (strcmp(m.name, "errors") == 0)
			s->errors = word;
	}
}

/*
 * What was open ended with the last life and is load no longer. Before `open`
 * is zeroed: a kill in between makes the next life relieve it once more. The
 * load is then too low rather than too high until the next settle, and heals
 * by itself: a worker that seems free is chosen, empties its queue, settles.
 */
static void
relieve_dead(struct cadre_shm_slot *h)
{
	shm_bump(&h->relieved, shm_load(&h->open));
	CADRE_FAULT_AT("slot.relieved");
}

/*
 * The anchor is our own master's, inherited read-only; it is believed.
 * Generation is stored when the gauges are 0, so none of the last life ever
 * shows under the new one. A kill before it leaves the old generation, whose
 * gauges no reader counts; a kill after it, a life without a first record.
 */
void
cadre__slot_begin(struct cadre__slot *s, void *map, const void *anchor,
    uint64_t generation, uint64_t health_interval_ns, uint64_t now_ns)
{
	const struct cadre_shm_header *h = anchor;
	const struct cadre_shm_section *health =
	    cadre__section_find(h, CADRE_SECTION_HEALTH);

	*s = (struct cadre__slot){
		.head = map,
		.ring = (void *)((char *)map + health->offset),
		.requests = &absent,
		.errors = &absent,
		.health_interval_ns = health_interval_ns,
	};
	relieve_dead(s->head);
	CADRE_FAULT_AT("slot.gauges");
	begin_metrics(s, h);
	shm_store(&s->head->open, 0);
	shm_store(&s->head->gate, CADRE_GATE_IN);
	shm_store(&s->head->deadline_ns, 0);
	/* Until its first wait a worker is in its first turn. */
	shm_store(&s->head->busy_since_ns, now_ns);
	shm_fence_store();	/* gauges, then generation: slot_lives() */
	CADRE_FAULT_AT("slot.generation");
	shm_store(&s->head->generation, generation);
	CADRE_FAULT_AT("slot.taken");
	cadre__slot_status_publish(s, now_ns);
	cadre__slot_health_push(s, now_ns, CADRE_HEALTH_FIRST);
}

/* What differs when a record would tell something new: totals, so sums do. */
static uint64_t
progress(const struct cadre__slot *s)
{
	return shm_load(&s->head->turns) + shm_load(&s->head->accepted) +
	    shm_load(&s->head->done);
}

static uint64_t
progress_requests(const struct cadre__slot *s)
{
	return shm_load(s->requests) + shm_load(s->errors);
}

void
cadre__slot_request_begin(struct cadre__slot *s, const char *tag,
    uint64_t now_ns, uint64_t deadline_ns)
{
	uint64_t words[CADRE_TAG_BYTES / sizeof(uint64_t)] = { 0 };

	if (tag != NULL)
		memcpy(words, tag, strnlen(tag, CADRE_TAG_BYTES - 1));
	shm_copy_in(s->head->request_tag, words, sizeof(words));
	shm_store(&s->head->request_ns, now_ns);
	CADRE_FAULT_AT("request.begin");
	shm_fence_store();	/* whose it is, then when it is over:
				   cadre__anchor_request() */
	shm_store(&s->head->deadline_ns, deadline_ns);
}

void
cadre__slot_request_extend(struct cadre__slot *s, uint64_t deadline_ns)
{
	shm_store(&s->head->deadline_ns, deadline_ns);
}

void
cadre__slot_request_end(struct cadre__slot *s)
{
	shm_store(&s->head->deadline_ns, 0);
}

void
cadre__slot_turn_begin(struct cadre__slot *s, uint64_t now_ns)
{
	shm_store(&s->head->busy_since_ns, now_ns);
	CADRE_FAULT_AT("turn.begin");
	if (now_ns < s->health_next_ns)
		return;
	if (progress(s) != s->pushed ||
	    progress_requests(s) != s->pushed_requests)
		cadre__slot_health_push(s, now_ns, 0);
}

/* A kill in here leaves a turn that is counted without its time, or busy. */
void
cadre__slot_turn_end(struct cadre__slot *s, uint64_t now_ns)
{
	uint64_t since = shm_load(&s->head->busy_since_ns);

	if (since != 0) {
		shm_bump(&s->head->turns, 1);
		CADRE_FAULT_AT("turn.end");
		shm_bump(&s->head->busy_ns,
		    now_ns > since ? now_ns - since : 0);
		shm_store(&s->head->idle_since_ns, now_ns);
		shm_fence_store();	/* since, then idle: worker_view() */
		shm_store(&s->head->busy_since_ns, 0);
	}
	cadre__slot_status_publish(s, now_ns);
}

/*
 * In both, what a kill leaves of `relieved` is put right by the next life,
 * which adds what `open` says, or errs to the side that heals: relieve_dead().
 */
void
cadre__slot_accepted(struct cadre__slot *s, bool assigned)
{
	shm_bump(&s->head->accepted, 1);
	CADRE_FAULT_AT("conn.accepted");
	shm_bump(&s->head->open, 1);
	CADRE_FAULT_AT("conn.open");
	if (!assigned)
		shm_bump(&s->head->relieved, UINT64_MAX);	/* one less */
}

/*
 * Two may decide at once that there is room for one more: the worker, and the
 * acceptor that hands over to it. Each counts its own first, passes a full
 * fence and looks at the sum, so one of them sees both; maybe both do, and
 * neither goes on. The partner is cadre__acceptor_fits().
 */
bool
cadre__slot_reserve(struct cadre__slot *s,
    const struct cadre_shm_assigned *row, uint64_t limit)
{
	shm_bump(&s->head->relieved, UINT64_MAX);	/* one less */
	shm_fence_full();	/* ours, then what the acceptor counts */
	if ((int64_t)(shm_load(&row->assigned) -
	    shm_load(&s->head->relieved)) <= (int64_t)limit)
		return true;
	cadre__slot_unreserve(s);
	return false;
}

void
cadre__slot_unreserve(struct cadre__slot *s)
{
	shm_bump(&s->head->relieved, 1);
}

void
cadre__slot_closed(struct cadre__slot *s)
{
	shm_bump(&s->head->relieved, 1);
	CADRE_FAULT_AT("conn.relieved");
	shm_bump(&s->head->open, UINT64_MAX);	/* one less */
	CADRE_FAULT_AT("conn.closed");
	shm_bump(&s->head->done, 1);
}

/*
 * Mostly it is right already, and a store would take the line from those who
 * choose by it.
 */
void
cadre__slot_settle(struct cadre__slot *s, uint64_t assigned)
{
	uint64_t relieved = assigned - shm_load(&s->head->open);

	if (shm_load(&s->head->relieved) == relieved)
		return;
	CADRE_FAULT_AT("conn.settle");
	shm_store(&s->head->relieved, relieved);
}

void
cadre__slot_gate(struct cadre__slot *s, uint64_t gate)
{
	shm_store(&s->head->gate, gate);
	CADRE_FAULT_AT("slot.gate");
}

void
cadre__slot_shed(struct cadre__slot *s)
{
	shm_bump(&s->head->shed, 1);
	CADRE_FAULT_AT("conn.shed");
}

void
cadre__slot_refused(struct cadre__slot *s)
{
	shm_bump(&s->head->refused, 1);
	CADRE_FAULT_AT("conn.refused");
}

void
cadre__slot_drain(struct cadre__slot *s)
{
	s->flags |= CADRE_HEALTH_DRAINING;
}

/*
 * Fill the copy that `count` does not name, then move it. A kill anywhere
 * leaves the last whole copy named, and a successor begins again.
 */
void
cadre__slot_status_publish(struct cadre__slot *s, uint64_t now_ns)
{
	struct cadre_shm_slot *h = s->head;
	uint64_t n = shm_load(&h->count) + 1;
	struct cadre_shm_status *st = &h->status[n & 1];

	shm_fence_store();	/* A: the last count, then words of its other
				   copy: second fence of cadre__status_read() */
	shm_store(&st->open, shm_load(&h->open));
	shm_store(&st->accepted, shm_load(&h->accepted));
	shm_store(&st->requests, shm_load(s->requests));
	shm_store(&st->errors, shm_load(s->errors));
	shm_store(&st->stamp_ns, now_ns);
	shm_store(&st->flags, s->flags);
	CADRE_FAULT_AT("status.count");
	shm_fence_store();	/* B: the copy, then count: its first fence */
	shm_store(&h->count, n);
}

/*
 * Overwrites the oldest. A kill halfway leaves a record numbered 0, which
 * readers count as lost, and `healths` as it was: the next goes there again.
 */
void
cadre__slot_health_push(struct cadre__slot *s, uint64_t now_ns, uint64_t flags)
{
	struct cadre_shm_slot *h = s->head;
	uint64_t n = shm_load(&h->healths) + 1;
	struct cadre_shm_health *r =
	    &s->ring[(n - 1) & (CADRE_HEALTH_RECORDS - 1)];

	s->pushed = progress(s);
	s->pushed_requests = progress_requests(s);
	s->health_next_ns = now_ns + s->health_interval_ns;
	shm_store(&r->flags, 0);
	shm_fence_store();	/* 0, then words: ring_copy() second fence */
	CADRE_FAULT_AT("health.words");
	shm_store(&r->mono_ns, now_ns);
	shm_store(&r->turns, shm_load(&h->turns));
	shm_store(&r->busy_ns, shm_load(&h->busy_ns));
	shm_store(&r->accepted, shm_load(&h->accepted));
	shm_store(&r->open, shm_load(&h->open));
	shm_store(&r->requests, shm_load(s->requests));
	shm_store(&r->errors, shm_load(s->errors));
	shm_fence_store();	/* words, then number: its first fence */
	shm_store(&r->flags, n << CADRE_HEALTH_BITS | s->flags | flags);
	CADRE_FAULT_AT("health.number");
	shm_fence_store();	/* number, then healths: ring_read() */
	shm_store(&h->healths, n);
}
