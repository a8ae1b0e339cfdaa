/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A region of 64 seats and 64 metrics without a master: made by the calls a
 * master makes, read through a handle as from outside.
 */
#ifndef BENCH_FIXTURE_H
#define BENCH_FIXTURE_H

#include <cadre/metric.h>
#include <cadre/region.h>

#include "shm/anchor.h"
#include "shm/slot.h"

#define FIXTURE_SEATS	64
#define FIXTURE_METRICS	64
#define FIXTURE_HEAD	5	/* of them stand in the head of a slot */

struct fixture {
	struct cadre__anchor *anchor;
	struct cadre_region *region;
	struct cadre__slot worker[FIXTURE_SEATS];	/* in slot 0 of each */
	struct cadre_counter *counter;	/* of seat 0 */
	struct cadre_gauge *gauge;	/* of seat 0 */
};

void fixture_make(struct fixture *);
	/* Every seat is up and every word of the values is its index + 1. */

#endif
