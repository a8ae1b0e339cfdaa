/* t/13-kill-counter: killed at any instruction, an add to a counter is done or not, and stays */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/step.h"
#include "t/lib/tap.h"

static struct sample *s;

static struct cadre_counter *
jobs(void)
{
	return (void *)sample_word(s, 0, SAMPLE_JOBS);
}

static void
begin(void)
{
	sample_spawn(s, 0);
}

static void
add(void)
{
	cadre_counter_add(jobs(), 1);
}

static void
add_mt(void)
{
	cadre_counter_add_mt(jobs(), 1);
}

/* Totals, the seat's and the life's, as this life has counted alone. */
static int
read_jobs(const struct cadre_region *r, uint64_t *ret_n)
{
	uint64_t total[SAMPLE_METRICS], seat[SAMPLE_METRICS],
	    life[SAMPLE_METRICS];

	if (cadre_region_totals(r, total, SAMPLE_METRICS) != SAMPLE_METRICS ||
	    cadre_region_values(r, 0, seat, SAMPLE_METRICS) < 0 ||
	    cadre_region_life(r, 0, 0, life, SAMPLE_METRICS) < 0)
		return -EPROTO;
	*ret_n = total[SAMPLE_JOBS];
	return seat[SAMPLE_JOBS] == total[SAMPLE_JOBS] &&
	    life[SAMPLE_JOBS] <= total[SAMPLE_JOBS] ? 0 : -EPROTO;
}

int
main(void)
{
	static const struct step_op ops[] = {
		{ "counter add", begin, NULL, add, read_jobs },
		{ "counter add_mt", begin, NULL, add_mt, read_jobs },
	};

	s = sample_new();
	sample_spawn(s, 0);
	add();
	for (unsigned int i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		step_test(s, &ops[i]);
	sample_free(s);
	return done_testing();
}
