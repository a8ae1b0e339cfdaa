/* SPDX-License-Identifier: BSD-2-Clause */
/* What the measurements in C share: conditions, clocks, order statistics. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

void measure_conditions(const char *title);
	/* Kernel, processors, compiler, flags, load: as comment lines. */
void measure_runtime_dir(void);
	/* Apps of this process stand in a directory of their own till its end. */
double measure_cpu_ns(void);
	/* Processor time of this process so far, user and system. */
double measure_quantile(double *values, size_t n, double q);
	/* q of 0 is the least, 0.5 the median, 1 the most. Sorts them. */
void measure_check(int err, const char *what);
	/* Leave, saying what failed, when err is negative. */

#endif
