/* SPDX-License-Identifier: BSD-2-Clause */
/* One block of memory per table, so that replacing it frees one thing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cadre/layout.h>

#include "runtime/routes.h"
#include "shm/fault.h"

#define BOTH	(CADRE_ROUTE_CHOSEN | CADRE_ROUTE_TAKES)

static void
fill(struct routes *t, const struct cadre__frame_route *rows, unsigned int n,
    struct cadre__frame_route *copy, unsigned int max_workers)
{
	t->route = copy;
	for (unsigned int i = 0; i < n; i++) {
		if (rows[i].seat >= max_workers ||
		    rows[i].slot >= CADRE_SLOTS_PER_SEAT)
			continue;
		copy[t->seats++] = rows[i];
		t->slot_of[rows[i].seat] = CADRE_SLOTS_PER_SEAT *
		    rows[i].seat + rows[i].slot;
		if ((rows[i].flags & CADRE_ROUTE_WANTED) != 0) {
			t->wanted[t->wants++] = rows[i].seat;
			t->is_wanted[rows[i].seat] = true;
		}
		if ((rows[i].flags & BOTH) != BOTH)
			continue;
		t->target[t->targets++] = rows[i].seat;
		t->is_target[rows[i].seat] = true;
	}
}

int
routes_new(const struct cadre__frame_route *rows, unsigned int n,
    unsigned int max_workers, struct routes **ret_routes)
{
	size_t words = 2 * (size_t)n + max_workers;
	struct routes *t;

	t = CADRE_FAULT("routes.new") < 0 ? NULL : calloc(1, sizeof(*t) +
	    words * sizeof(unsigned int) + n * sizeof(*rows) +
	    2 * max_workers * sizeof(bool));
	if (t == NULL)
		return -ENOMEM;
	t->target = (unsigned int *)(t + 1);
	t->wanted = t->target + n;
	t->slot_of = t->wanted + n;
	t->is_target = (bool *)(t->slot_of + max_workers + n *
	    sizeof(*rows) / sizeof(unsigned int));
	t->is_wanted = t->is_target + max_workers;
	fill(t, rows, n, (void *)(t->slot_of + max_workers), max_workers);
	*ret_routes = t;
	return 0;
}

void
routes_free(struct routes *t)
{
	free(t);
}
