/* SPDX-License-Identifier: BSD-2-Clause */
/* See load-figures.h. */
#include "bench/load-figures.h"

#include <math.h>

#include "bench/load.h"

const struct load_quantile load_quantiles[LOAD_QUANTILES] = {
	{ "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 }, { "p999", 0.999 },
	{ "max", 1 },
};

static void
take_counts(const struct load *l, struct load_spread *s)
{
	const struct load_tally *t = &l->tally;

	s->n = 0;
	for (size_t i = 0; i < t->nrows; i++) {
		while (t->rows[i]->seat > (long)s->n && s->n < LOAD_ROWS_MAX)
			s->counts[s->n++] = 0;
		s->counts[s->n++] = t->rows[i]->held;
	}
	while ((double)s->n < l->options.seats)
		s->counts[s->n++] = 0;
}

void
load_figures_spread(const struct load *l, struct load_spread *s)
{
	double sum = 0, squares = 0, mean;

	take_counts(l, s);
	s->max = 0;
	s->cv = 0;
	s->min = s->n > 0 ? UINT64_MAX : 0;
	for (size_t i = 0; i < s->n; i++) {
		sum += (double)s->counts[i];
		s->max = s->counts[i] > s->max ? s->counts[i] : s->max;
		s->min = s->counts[i] < s->min ? s->counts[i] : s->min;
	}
	mean = s->n > 0 ? sum / (double)s->n : 0;
	for (size_t i = 0; i < s->n; i++)
		squares += ((double)s->counts[i] - mean) *
		    ((double)s->counts[i] - mean);
	if (mean > 0)
		s->cv = sqrt(squares / (double)s->n) / mean;
}

double
load_figures_attained(const struct load *l)
{
	double sent = (double)load_tally_sent(&l->tally);

	return l->span_s > 0 ? sent / l->span_s : 0;
}

long
load_figures_who(const struct load_row *row)
{
	if (row == NULL)
		return LOAD_ABSENT;
	return row->seat != LOAD_ABSENT ? row->seat : row->pid;
}
