/* t/13-kill-gauge: killed at any instruction, a gauge is old or new, and 0 for the next life */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "t/lib/step.h"
#include "t/lib/tap.h"

static struct sample *s;
static int64_t value;

static struct cadre_gauge *
depth(void)
{
	return (void *)sample_word(s, 0, SAMPLE_DEPTH);
}

/* A successor finds 0, whatever the dead one had there. */
static void
begin(void)
{
	sample_spawn(s, 0);
	if (cadre_gauge_read(depth()) != 0)
		bail_out("a gauge outlived its worker");
}

static void
set(uint64_t n)
{
	value = (int64_t)n;
}

static void
gauge_set(void)
{
	cadre_gauge_set(depth(), value);
}

static void
gauge_add(void)
{
	cadre_gauge_add(depth(), value - cadre_gauge_read(depth()));
}

static void
gauge_add_mt(void)
{
	cadre_gauge_add_mt(depth(), value - cadre_gauge_read(depth()));
}

static int
read_depth(const struct cadre_region *r, uint64_t *ret_n)
{
	uint64_t total[SAMPLE_METRICS], seat[SAMPLE_METRICS];

	if (cadre_region_totals(r, total, SAMPLE_METRICS) != SAMPLE_METRICS ||
	    cadre_region_values(r, 0, seat, SAMPLE_METRICS) < 0)
		return -EPROTO;
	*ret_n = total[SAMPLE_DEPTH];
	return seat[SAMPLE_DEPTH] == total[SAMPLE_DEPTH] ? 0 : -EPROTO;
}

int
main(void)
{
	static const struct step_op ops[] = {
		{ "gauge set", begin, set, gauge_set, read_depth },
		{ "gauge add", begin, set, gauge_add, read_depth },
		{ "gauge add_mt", begin, set, gauge_add_mt, read_depth },
	};

	s = sample_new();
	sample_spawn(s, 0);
	cadre_gauge_set(depth(), 5);
	for (unsigned int i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		step_test(s, &ops[i]);
	sample_free(s);
	return done_testing();
}
