/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the acceptor writes. Each word stands for itself, so there is no record
 * to tear: a reader takes words near each other in time. Only `in_hand` has an
 * order: it grows before, and falls after, whatever it tells of.
 *
 * Unlike a slot this object has several writers, though of one process: a
 * thread for each listener, and one that rescues. They may choose the same
 * slot at the same instant, and the rescuer counts for every listener. So sums
 * are grown by an atomic add, which costs some nanoseconds beside the system
 * calls that hand a connection over, and which a kill leaves done or not done.
 * Relaxed: a number tells how many, never what else is visible.
 */
#include "shm/export.h"

#include "shm/atomic.h"

void
cadre__acceptor_open(struct cadre__acceptor *a, void *map,
    const struct cadre__places *p)
{
	a->assigned = (void *)((char *)map + p->assigned);
	a->intake = (void *)((char *)map + p->intake);
}

void
cadre__acceptor_assign(struct cadre__acceptor *a, unsigned int slot,
    uint64_t n)
{
	cadre__acceptor_hold(a, slot, n);
	CADRE_FAULT_AT("acceptor.held");
	shm_add(&a->assigned[slot].assigned, n);
	CADRE_FAULT_AT("acceptor.assigned");
}

void
cadre__acceptor_hold(struct cadre__acceptor *a, unsigned int slot, uint64_t n)
{
	shm_add(&a->assigned[slot].in_hand, n);
	shm_fence_store();	/* in hand, then what it tells of:
				   cadre__assigned_look() */
}

void
cadre__acceptor_release(struct cadre__acceptor *a, unsigned int slot,
    uint64_t n)
{
	shm_fence_store();	/* done, then not in hand: _all_came() */
	shm_add(&a->assigned[slot].in_hand, 0 - n);
}

void
cadre__acceptor_sent(struct cadre__acceptor *a, unsigned int slot, uint64_t n)
{
	shm_add(&a->assigned[slot].messages, 1);
	cadre__acceptor_release(a, slot, n);
}

/*
 * A load that is too high keeps a worker from being chosen, so that it has no
 * reason to settle; so what a kill leaves errs to the low side.
 */
void
cadre__acceptor_begin(struct cadre__acceptor *a, unsigned int slots)
{
	for (unsigned int i = 0; i < slots; i++) {
		shm_add(&a->assigned[i].assigned,
		    0 - shm_load(&a->assigned[i].in_hand));
		CADRE_FAULT_AT("acceptor.begin");
		shm_store(&a->assigned[i].in_hand, 0);
	}
}

/*
 * Its seat may be out of choice, so its worker would have no reason to settle:
 * what was taken back must not wait for that.
 */
void
cadre__acceptor_returned(struct cadre__acceptor *a, unsigned int slot,
    uint64_t n)
{
	shm_add(&a->assigned[slot].returned, n);
	CADRE_FAULT_AT("acceptor.returned");
	shm_add(&a->assigned[slot].assigned, 0 - n);
}

/*
 * The two words have two writers and are not read at one instant: the
 * difference may be off by what happens in between, and below 0.
 */
int64_t
cadre__acceptor_load(const struct cadre__acceptor *a, unsigned int slot,
    const void *slot_map)
{
	const struct cadre_shm_slot *s = slot_map;

	return (int64_t)(shm_load(&a->assigned[slot].assigned) -
	    shm_load(&s->relieved));
}

/* As cadre__slot_reserve(), its partner; two threads may be each other's. */
bool
cadre__acceptor_fits(const struct cadre__acceptor *a, unsigned int slot,
    const void *slot_map, uint64_t limit)
{
	shm_fence_full();	/* ours, then what the worker counts */
	return cadre__acceptor_load(a, slot, slot_map) <= (int64_t)limit;
}

void
cadre__acceptor_accepted(struct cadre__acceptor *a, unsigned int listener,
    uint64_t n)
{
	shm_add(&a->intake[listener].accepted, n);
	CADRE_FAULT_AT("acceptor.accepted");
}

void
cadre__acceptor_rescued(struct cadre__acceptor *a, unsigned int listener,
    uint64_t n)
{
	shm_add(&a->intake[listener].rescued, n);
}

void
cadre__acceptor_shed(struct cadre__acceptor *a, unsigned int listener,
    uint64_t n)
{
	shm_add(&a->intake[listener].shed, n);
}

void
cadre__acceptor_waits(struct cadre__acceptor *a, unsigned int listener)
{
	shm_add(&a->intake[listener].waits, 1);
}

void
cadre__acceptor_refused(struct cadre__acceptor *a, unsigned int listener)
{
	shm_add(&a->intake[listener].refused, 1);
}

void
cadre__acceptor_away(struct cadre__acceptor *a, unsigned int listener)
{
	shm_add(&a->intake[listener].away, 1);
}

void
cadre__acceptor_unkeyed(struct cadre__acceptor *a, unsigned int listener)
{
	shm_add(&a->intake[listener].unkeyed, 1);
}

void
cadre__acceptor_failures(struct cadre__acceptor *a, unsigned int listener,
    uint64_t n)
{
	shm_add(&a->intake[listener].failures, n);
}

void
cadre__assigned_look(const struct cadre_shm_assigned *row,
    struct cadre__assigned_look *ret_look)
{
	ret_look->assigned = shm_load(&row->assigned);
	ret_look->returned = shm_load(&row->returned);
	shm_fence_load();	/* what it tells of, then in hand: _hold() */
	ret_look->in_hand = shm_load(&row->in_hand);
}

/*
 * What was chosen after the look is not in its `assigned`. What was chosen
 * before, and not in hand at the look, had been sent; if it was not taken
 * back since, which would show now, it was there to be found.
 */
bool
cadre__assigned_all_came(const struct cadre_shm_assigned *row,
    const struct cadre__assigned_look *look)
{
	uint64_t in_hand = shm_load(&row->in_hand);

	shm_fence_load();	/* in hand, then what it told of: _release() */
	return look->in_hand == 0 && in_hand == 0 &&
	    shm_load(&row->returned) == look->returned;
}
