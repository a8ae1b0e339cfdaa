/* SPDX-License-Identifier: BSD-2-Clause */
/* What cadre-load was told to do. */
#ifndef BENCH_LOAD_OPTIONS_H
#define BENCH_LOAD_OPTIONS_H

#include "bench/load-target.h"

#define LOAD_NOT_GIVEN	(-1.0)

struct load_options {
	const char	*address, *path;
	struct load_target target;
	double		rate;		/* per second */
	double		duration_s, warmup_s;
	double		keep_alive;	/* so many connections; 0: fresh ones */
	double		sequential, hold, churn_percent, seats;
	double		idle, half, sources, proxy, max_open;
	double		timeout_ms, over_ms, max_lateness_ms, seed;
	double		poisson, expect_no_errors, json, histogram;
};

int load_options_parse(struct load_options *, int argc, char **argv);
	/*
	 * 0: go on. 1: it was --help, which is printed. -EINVAL: a mistake,
	 * said on stderr with what to type. Counts are whole numbers, and what
	 * was not given has its default; max_open stays LOAD_NOT_GIVEN.
	 */

#endif
