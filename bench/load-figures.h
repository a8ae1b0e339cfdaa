/* SPDX-License-Identifier: BSD-2-Clause */
/* Figures of a run that are told in more than one way. */
#ifndef BENCH_LOAD_FIGURES_H
#define BENCH_LOAD_FIGURES_H

#include <stddef.h>
#include <stdint.h>

#include "bench/load-tally.h"

struct load;

struct load_quantile {
	const char	*name;
	double		q;
};
#define LOAD_QUANTILES	5

extern const struct load_quantile load_quantiles[LOAD_QUANTILES];

struct load_spread {		/* connections held, per seat */
	uint64_t	counts[2 * LOAD_ROWS_MAX];
	size_t		n;
	uint64_t	max, min;
	double		cv;		/* standard deviation ÷ mean */
};

void load_figures_spread(const struct load *, struct load_spread *);
	/*
	 * In the order of seats, then of pids. A seat below the greatest that
	 * answered, or below --seats, and that never did so, has 0.
	 */
double load_figures_attained(const struct load *);
	/* Requests per second of the time in which they were sent. */
long load_figures_who(const struct load_row *);
	/* Its seat, else its pid, else LOAD_ABSENT; so too of NULL. */

#endif
