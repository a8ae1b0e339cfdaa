/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When requests are due: the i-th at start + i ÷ rate, or after gaps of a
 * Poisson process. It depends on nothing that happens during the run, so a copy
 * walks through the same times again: what waits for a connection is the way
 * from one copy to another, and needs no queue.
 */
#ifndef BENCH_LOAD_SCHEDULE_H
#define BENCH_LOAD_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

struct load_schedule {
	uint64_t	next_ns;	/* CLOCK_MONOTONIC, if any is left */
	uint64_t	left;		/* so many are still to come */
	uint64_t	start_ns;
	uint64_t	passed;
	double		gap_ns;		/* between two of them, on average */
	double		at_ns;		/* of the next, from the start */
	uint64_t	random;
	bool		poisson;
};

uint64_t load_random(uint64_t *state);
	/* 64 bits, the same in each run from the same state. */
void load_schedule_begin(struct load_schedule *, uint64_t start_ns,
    uint64_t count, double rate);
	/* Evenly; rate is per second. */
void load_schedule_poisson(struct load_schedule *, uint64_t seed);
	/* Make it Poisson's, before the first is passed. */
void load_schedule_pass(struct load_schedule *);
	/* On to the next one. */

#endif
