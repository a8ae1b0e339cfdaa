/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who serves is looked up in the slot table now and then; what each of them
 * has open, and whether it stands in the line, are loads of a word each time.
 */
#include <errno.h>
#include <stdlib.h>

#include <cadre/layout.h>

#include "runtime/peers.h"
#include "shm/atomic.h"
#include "shm/clock.h"

#define LOOK_NS		(10 * NS_PER_MS)
#define OPEN_MASK	UINT32_MAX	/* more is a lie, and shall not wrap */

int
peers_open(struct peers *p)
{
	if (p->slots == NULL)
		return 0;
	p->live = calloc(p->nslots, sizeof(*p->live));
	return p->live == NULL ? -ENOMEM : 0;
}

static const struct cadre_shm_slot *
slot(const struct peers *p, unsigned int i)
{
	return (const void *)p->slots[i];
}

/* A row in the making is of no harm here: the next look is soon. */
static const struct cadre_shm_life *
life_of(const struct peers *p, unsigned int i)
{
	const struct cadre_shm_row *row = (const void *)(p->anchor + p->rows);

	row += i;
	return &row->life[shm_load(&row->count) & 1];
}

static bool
serves(const struct peers *p, unsigned int i)
{
	const struct cadre_shm_life *l = life_of(p, i);

	return shm_load(&l->state) == CADRE_STATE_UP &&
	    shm_load(&l->stalled_ns) == 0 &&
	    (shm_load(&l->flags) & CADRE_LIFE_ATTACHED) != 0;
}

static void
look(struct peers *p, uint64_t now_ns)
{
	if (p->slots == NULL || now_ns < p->look_ns)
		return;
	p->look_ns = now_ns + LOOK_NS;
	p->nlive = 0;
	for (unsigned int i = 0; i < p->nslots; i++)
		if (i != p->own && serves(p, i))
			p->live[p->nlive++] = i;
}

bool
peers_least(struct peers *p, uint64_t now_ns, uint64_t *ret_open)
{
	uint64_t least = UINT64_MAX, open;
	const struct cadre_shm_slot *s;

	look(p, now_ns);
	for (unsigned int i = 0; i < p->nlive; i++) {
		s = slot(p, p->live[i]);
		if (shm_load(&s->gate) != CADRE_GATE_IN)
			continue;
		open = shm_load(&s->open);
		if (open < least)
			least = open;
	}
	if (least == UINT64_MAX)
		return false;
	*ret_open = least;
	return true;
}

bool
peers_in(const struct peers *p)
{
	for (unsigned int i = 0; i < p->nlive; i++)
		if (shm_load(&slot(p, p->live[i])->gate) == CADRE_GATE_IN)
			return true;
	return false;
}

/* Who is stalled, drains or has just begun has connections all the same. */
static bool
lives(const struct peers *p, unsigned int i)
{
	const struct cadre_shm_life *l = life_of(p, i);
	uint64_t state = shm_load(&l->state);

	return (state == CADRE_STATE_STARTING || state == CADRE_STATE_UP ||
	    state == CADRE_STATE_DRAINING) &&
	    (shm_load(&l->flags) & CADRE_LIFE_ATTACHED) != 0;
}

bool
peers_have_room(struct peers *p, uint64_t now_ns)
{
	look(p, now_ns);
	for (unsigned int i = 0; i < p->nlive; i++)
		if (shm_load(&slot(p, p->live[i])->gate) != CADRE_GATE_FULL)
			return true;
	return false;
}

uint64_t
peers_open_all(const struct peers *p)
{
	uint64_t open = 0;

	for (unsigned int i = 0; p->slots != NULL && i < p->nslots; i++)
		if (i != p->own && lives(p, i))
			open += shm_load(&slot(p, i)->open) & OPEN_MASK;
	return open;
}
