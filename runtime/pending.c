/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table of all there may be, made when the first is. Ids count up and are
 * used again only when all 32 bits were, so that a reply which comes late finds
 * nobody instead of another.
 */
#include <errno.h>
#include <stdlib.h>

#include "runtime/pending.h"
#include "shm/fault.h"

static int
table_new(struct pendings *t, uint32_t most)
{
	uint32_t buckets = 16;

	while (buckets < most)
		buckets *= 2;
	t->all = CADRE_FAULT("pending.table") < 0 ? NULL :
	    calloc(most, sizeof(*t->all));
	t->buckets = calloc(buckets, sizeof(*t->buckets));
	if (t->all == NULL || t->buckets == NULL) {
		pendings_free(t);
		return -ENOMEM;
	}
	t->mask = buckets - 1;
	t->size = most;
	return 0;
}

struct pending *
pending_find(const struct pendings *t, uint32_t id)
{
	uint32_t i;

	if (t->all == NULL || id == 0)
		return NULL;
	for (i = t->buckets[id & t->mask]; i != 0; i = t->all[i - 1].next)
		if (t->all[i - 1].id == id)
			return &t->all[i - 1];
	return NULL;
}

int
pending_new(struct pendings *t, uint32_t most, struct pending **ret_pending)
{
	struct pending *p;
	uint32_t i;
	int err;

	if (t->all == NULL && (err = table_new(t, most)) < 0)
		return err;
	if (t->count == t->size)
		return -EAGAIN;
	i = t->free;
	if (i != 0)
		t->free = t->all[i - 1].next;
	else
		i = ++t->used;
	do
		t->ids++;
	while (t->ids == 0 || pending_find(t, t->ids) != NULL);
	p = &t->all[i - 1];
	*p = (struct pending){
		.id = t->ids,
		.err = -ETIMEDOUT,
		.next = t->buckets[t->ids & t->mask],
	};
	t->buckets[p->id & t->mask] = i;
	t->count++;
	*ret_pending = p;
	return 0;
}

void
pending_end(struct pendings *t, struct pending *p)
{
	uint32_t i = (uint32_t)(p - t->all) + 1;
	uint32_t *link = &t->buckets[p->id & t->mask];

	while (*link != i)
		link = &t->all[*link - 1].next;
	*link = p->next;
	p->id = 0;
	p->next = t->free;
	t->free = i;
	t->count--;
}

uint64_t
pendings_deadline(const struct pendings *t)
{
	uint64_t next_ns = UINT64_MAX;

	for (uint32_t i = 0; i < t->used; i++)
		if (t->all[i].id != 0 && t->all[i].deadline_ns < next_ns)
			next_ns = t->all[i].deadline_ns;
	return next_ns;
}

void
pendings_free(struct pendings *t)
{
	free(t->all);
	free(t->buckets);
	*t = (struct pendings){ .all = NULL };
}
