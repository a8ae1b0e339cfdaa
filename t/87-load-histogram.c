/* t/87-load-histogram: quantiles from 1 us to 100 s are right to 1 % */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>

#include "bench/load-histogram.h"
#include "t/lib/tap.h"

#define VALUES	20000

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The greatest error of a quantile beside that of the sorted values. */
static double
worst(const uint64_t *sorted, const struct load_histogram *h)
{
	double error, most = 0, q, right;

	for (size_t i = 1; i < VALUES; i++) {
		q = ((double)i - 0.5) / VALUES;		/* rank: i, no tie */
		right = (double)sorted[i - 1];
		error = fabs((double)load_histogram_quantile(h, q) - right);
		most = fmax(most, error / right);
	}
	return most;
}

int
main(void)
{
	static struct load_histogram h, one, empty;
	static uint64_t values[VALUES];
	double sum = 0, error;
	unsigned int i;

	srandom(4);
	for (i = 0; i < VALUES; i++) {	/* as many in each power of ten */
		values[i] = (uint64_t)(1e3 * pow(1e8,
		    (double)random() / RAND_MAX));
		load_histogram_add(&h, values[i]);
		sum += (double)values[i];
	}
	qsort(values, VALUES, sizeof(values[0]), compare);
	error = worst(values, &h);
	ok(error <= 0.01, "%d values: at most 1 %% off (%.2f %%)", VALUES,
	    100 * error);
	is_u64(load_histogram_quantile(&h, 1), values[VALUES - 1],
	    "the maximum is exact");
	ok(fabs(load_histogram_mean(&h) - sum / VALUES) < 1, "so is the mean");

	for (i = 0; i + 1 < LOAD_HISTOGRAM_PARTS; i++)
		if (load_histogram_floor_ns(i + 1) <=
		    load_histogram_floor_ns(i))
			break;
	is_int(i + 1, LOAD_HISTOGRAM_PARTS, "each part begins after the last");
	for (i = 0; i < LOAD_HISTOGRAM_PARTS; i++) {
		load_histogram_add(&one, load_histogram_floor_ns(i));
		if (one.parts[i] != 1)
			break;
	}
	is_int(i, LOAD_HISTOGRAM_PARTS, "and its first value counts there");
	load_histogram_add(&one, UINT64_MAX);
	is_u64(one.parts[LOAD_HISTOGRAM_PARTS - 1], 2, "what is beyond, last");
	is_u64(load_histogram_quantile(&one, 1), UINT64_MAX, "and is the max");
	is_u64(load_histogram_quantile(&empty, 0.99), 0, "empty: 0");
	return done_testing();
}
