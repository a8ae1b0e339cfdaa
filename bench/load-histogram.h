/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A histogram of durations, log-linear: each power of two from 1,024 ns up is
 * cut in 64 equal parts, what is below in parts of 16 ns. The middle of a part
 * is at most 1/128 away from anything in it, so that quantiles from 1 us to
 * 137 s are right to 1 % in memory that never grows. One thread; all zero is
 * an empty one.
 */
#ifndef BENCH_LOAD_HISTOGRAM_H
#define BENCH_LOAD_HISTOGRAM_H

#include <stdint.h>

#define LOAD_HISTOGRAM_PARTS	1792

struct load_histogram {
	uint64_t	count;
	uint64_t	max_ns;		/* exact, also beyond 137 s */
	double		sum_ns;
	uint64_t	parts[LOAD_HISTOGRAM_PARTS];
};

void load_histogram_add(struct load_histogram *, uint64_t ns);
uint64_t load_histogram_quantile(const struct load_histogram *, double q);
	/*
	 * The least value that a share q of all does not exceed, within 1 %;
	 * q of 1 is the exact maximum. 0 of an empty histogram.
	 */
double load_histogram_mean(const struct load_histogram *);
	/* Exact. 0 of an empty histogram. */
uint64_t load_histogram_floor_ns(unsigned int part);
	/* The least value that counts in this part; the next one's ends it. */

#endif
