/* SPDX-License-Identifier: BSD-2-Clause */
/* See load-histogram.h. */
#include "bench/load-histogram.h"

#define PARTS_BITS	6	/* 64 parts of each power of two */
#define PARTS		(1u << PARTS_BITS)
#define SHIFT_MIN	4	/* parts of 16 ns, below 2,048 ns */

/* Above the least shift the top bit of ns >> shift is always PARTS. */
static unsigned int
part_of(uint64_t ns)
{
	unsigned int shift = SHIFT_MIN, part;

	while (ns >> shift >= 2 * (uint64_t)PARTS)
		shift++;
	part = (unsigned int)(ns >> shift) + PARTS * (shift - SHIFT_MIN);
	return part < LOAD_HISTOGRAM_PARTS ? part : LOAD_HISTOGRAM_PARTS - 1;
}

uint64_t
load_histogram_floor_ns(unsigned int part)
{
	unsigned int above = part < PARTS ? 0 : part / PARTS - 1;

	return (uint64_t)(part - PARTS * above) << (above + SHIFT_MIN);
}

void
load_histogram_add(struct load_histogram *h, uint64_t ns)
{
	h->parts[part_of(ns)]++;
	h->count++;
	h->sum_ns += (double)ns;
	if (ns > h->max_ns)
		h->max_ns = ns;
}

uint64_t
load_histogram_quantile(const struct load_histogram *h, double q)
{
	uint64_t seen = 0, middle_ns;
	double rank = q * (double)h->count;

	for (unsigned int i = 0; i < LOAD_HISTOGRAM_PARTS && q < 1; i++) {
		seen += h->parts[i];
		if (h->parts[i] == 0 || (double)seen < rank)
			continue;
		middle_ns = (load_histogram_floor_ns(i) +
		    load_histogram_floor_ns(i + 1)) / 2;
		return middle_ns < h->max_ns ? middle_ns : h->max_ns;
	}
	return h->max_ns;
}

double
load_histogram_mean(const struct load_histogram *h)
{
	return h->count != 0 ? h->sum_ns / (double)h->count : 0;
}
