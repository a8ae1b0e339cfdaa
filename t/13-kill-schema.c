/* t/13-kill-schema: killed at any instruction, a new row of the schema is whole or not there */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "shm/region.h"
#include "t/lib/step.h"
#include "t/lib/tap.h"

#define ROWS_MAX	32

static struct sample *s;
static struct cadre_shm_metric next;

/* As a successor would: from what the region says. */
static void
begin(void)
{
	s->anchor->metrics = (unsigned int)((const struct cadre_shm_header *)
	    (const void *)s->anchor->view)->metrics;
}

/* Row n - 1. Texts of 64 bytes; in the long form as there is room for. */
static struct cadre_shm_metric
row(uint64_t n)
{
	struct cadre_shm_metric m = {
		CADRE_KIND_COUNTER, CADRE_AGGREGATE_SUM, CADRE_ON_DEATH_KEEP,
		0, sizeof(struct cadre_shm_slot) + 8 * n, 8, "", "ns", "",
		{ 0 }
	};

	snprintf(m.name, sizeof(m.name), "%s%u", step_all() ?
	    "a_name_that_is_as_long_as_one_can_be_and_ends_with_a_number_" :
	    "metric", (unsigned int)n);
	memset(m.help, 'a' + (int)(n % 26), step_all() ?
	    sizeof(m.help) - 1 : 52);
	return m;
}

static void
set(uint64_t n)
{
	next = row(n);
}

static void
append(void)
{
	cadre__anchor_metric(s->anchor, &next);
}

static int
read_schema(const struct cadre_region *r, uint64_t *ret_n)
{
	uint64_t values[ROWS_MAX];
	int n = cadre_region_metrics(r);

	for (int i = SAMPLE_METRICS; i < n; i++) {
		const struct cadre_shm_metric want = row((uint64_t)i + 1);
		struct cadre_shm_metric m;

		if (cadre_region_metric(r, (unsigned int)i, &m) < 0 ||
		    memcmp(&m, &want, sizeof(m)) != 0 ||
		    cadre_region_find(r, m.name) != i)
			return -EPROTO;
	}
	*ret_n = (uint64_t)n;
	return cadre_region_totals(r, values, ROWS_MAX) == n ? 0 : -EPROTO;
}

int
main(void)
{
	static const struct step_op op = {
		"schema row", begin, set, append, read_schema
	};

	s = sample_new();
	step_test(s, &op);
	sample_free(s);
	return done_testing();
}
