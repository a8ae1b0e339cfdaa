/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the acceptor writes. Each word stands for itself, so there is no record
 * to tear, and no fence: a reader takes words near each other in time.
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
	shm_add(&a->assigned[slot].assigned, n);
	CADRE_FAULT_AT("acceptor.assigned");
}

void
cadre__acceptor_sent(struct cadre__acceptor *a, unsigned int slot)
{
	shm_add(&a->assigned[slot].messages, 1);
}

/*
 * A load that is too high keeps a worker from being chosen, so that it has no
 * reason to settle; what was taken back must not wait for that.
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
cadre__acceptor_failures(struct cadre__acceptor *a, unsigned int listener,
    uint64_t n)
{
	shm_add(&a->intake[listener].failures, n);
}

uint64_t
cadre__assigned_word(const void *acceptor_map, const struct cadre__places *p,
    unsigned int slot)
{
	const struct cadre_shm_assigned *rows =
	    (const void *)((const char *)acceptor_map + p->assigned);

	return shm_load(&rows[slot].assigned);
}
