/* SPDX-License-Identifier: BSD-2-Clause */
/* See load-schedule.h. */
#include "bench/load-schedule.h"

#include <math.h>
#include <string.h>

/* A counter in steps of the golden ratio, its bits mixed (SplitMix64). */
uint64_t
load_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Exponentially distributed, 1 on average; the logarithm is never of 0. */
static double
exponential(uint64_t *state)
{
	return -log(((double)(load_random(state) >> 11) + 1) * 0x1p-53);
}

void
load_schedule_begin(struct load_schedule *s, uint64_t start_ns, uint64_t count,
    double rate)
{
	memset(s, 0, sizeof(*s));
	s->start_ns = s->next_ns = start_ns;
	s->left = count;
	s->gap_ns = 1e9 / rate;
}

void
load_schedule_poisson(struct load_schedule *s, uint64_t seed)
{
	s->poisson = true;
	s->random = seed;
	s->at_ns = s->gap_ns * exponential(&s->random);
	s->next_ns = s->start_ns + (uint64_t)s->at_ns;
}

/* Each from the start, never from the one before: no error adds up. */
void
load_schedule_pass(struct load_schedule *s)
{
	s->passed++;
	s->left--;
	if (s->poisson)
		s->at_ns += s->gap_ns * exponential(&s->random);
	else
		s->at_ns = s->gap_ns * (double)s->passed;
	s->next_ns = s->start_ns + (uint64_t)s->at_ns;
}
