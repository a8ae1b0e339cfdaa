/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many seats of an app were served, at the least, by its region: looked at
 * each millisecond by a process beside the test.
 */
#ifndef T_CAPACITY_H
#define T_CAPACITY_H

#include "t/lib/app.h"

struct capacity;

struct capacity *capacity_begin(const struct app *);
	/* It has looked once when this returns. */
int	capacity_end(struct capacity *);
	/* The fewest seats with a worker that was up. */

#endif
