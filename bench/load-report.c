/* SPDX-License-Identifier: BSD-2-Clause */
/* What a run was like, for people. */
#include "bench/load.h"

#include <stdio.h>

#include "bench/load-figures.h"

static double
ms(uint64_t ns)
{
	return (double)ns / 1e6;
}

static void
print_latency(const char *title, const struct load_histogram *h)
{
	if (h->count == 0)
		return;
	printf("%-12s", title);
	for (size_t i = 0; i < LOAD_QUANTILES; i++)
		printf("%s %.3f  ", load_quantiles[i].name,
		    ms(load_histogram_quantile(h, load_quantiles[i].q)));
	printf("mean %.3f ms\n", load_histogram_mean(h) / 1e6);
}

/* A seat or a process; who does not say has neither. */
static const char *
who(long n)
{
	static char text[24];

	if (n == LOAD_ABSENT)
		return "-";
	snprintf(text, sizeof(text), "%ld", n);
	return text;
}

static void
print_seats(const struct load *l)
{
	const struct load_tally *t = &l->tally;
	const struct load_row *row;

	if (t->nrows == 0)
		return;
	printf("\n%4s", "seat");
	printf(" %8s %9s %10s %10s %10s%s%s\n", "pid", "answers", "p50 ms",
	    "p99 ms", "max ms", t->over_ns > 0 ? "      over" : "",
	    l->options.hold > 0 ? "      held" : "");
	for (size_t i = 0; i < t->nrows; i++) {
		row = t->rows[i];
		printf("%4s", who(row->seat));
		printf(" %8s %9llu %10.3f %10.3f %10.3f", who(row->pid),
		    (unsigned long long)row->latency.count,
		    ms(load_histogram_quantile(&row->latency, 0.5)),
		    ms(load_histogram_quantile(&row->latency, 0.99)),
		    ms(row->latency.max_ns));
		if (t->over_ns > 0)
			printf(" %9llu", (unsigned long long)row->over);
		if (l->options.hold > 0)
			printf(" %9llu", (unsigned long long)row->held);
		putchar('\n');
	}
	putchar('\n');
}

static void
print_hold(const struct load *l)
{
	struct load_spread s;

	load_figures_spread(l, &s);
	printf("held        %llu, closed by the server %llu; per seat max "
	    "%llu, min %llu, spread %llu, cv %.1f %%\n",
	    (unsigned long long)l->nheld, (unsigned long long)l->held_lost,
	    (unsigned long long)s.max, (unsigned long long)s.min,
	    (unsigned long long)(s.max - s.min), 100 * s.cv);
}

static void
print_sequence(const struct load *l)
{
	printf("sequence   ");
	for (uint64_t i = 0; i < l->nsequence; i++)
		printf(" %s", who(load_figures_who(l->sequence[i])));
	putchar('\n');
}

static void
print_parts(const struct load_histogram *h)
{
	uint64_t sum = 0;

	printf("below ms, answers, all below\n");
	for (unsigned int i = 0; i < LOAD_HISTOGRAM_PARTS; i++) {
		if (h->parts[i] == 0)
			continue;
		sum += h->parts[i];
		printf("%12.4f %9llu %9llu\n",
		    ms(load_histogram_floor_ns(i + 1)),
		    (unsigned long long)h->parts[i], (unsigned long long)sum);
	}
}

static void
print_over(const struct load_tally *t)
{
	printf("over %g ms   %llu, of which a worker had %llu before\n",
	    ms(t->over_ns), (unsigned long long)t->over,
	    (unsigned long long)t->over_held);
	if (t->over_held > 0)
		print_latency("but those", &t->not_held);
}

void
load_report_text(const struct load *l)
{
	const struct load_options *o = &l->options;
	const struct load_tally *t = &l->tally;

	if (o->sequential == 0)
		printf("rate        %.1f/s asked, %.1f/s attained%s\n",
		    o->rate, load_figures_attained(l),
		    o->poisson > 0 ? ", Poisson" : "");
	printf("sent        %llu: %llu answered\nerrors      ",
	    (unsigned long long)load_tally_sent(t),
	    (unsigned long long)t->outcomes[LOAD_OK]);
	for (unsigned int i = LOAD_OK + 1; i < LOAD_OUTCOMES; i++)
		printf("%s %llu%s", load_outcome_name(i),
		    (unsigned long long)t->outcomes[i],
		    i + 1 < LOAD_OUTCOMES ? ", " : "\n");
	print_latency("latency", &t->latency);
	print_latency("to accept", &t->to_accept);
	print_latency("to pick-up", &t->to_pick);
	print_latency("from accept", &t->from_accept);
	if (t->over_ns > 0)
		print_over(t);
	print_seats(l);
	if (o->hold > 0)
		print_hold(l);
	if (o->sequential > 0)
		print_sequence(l);
	for (size_t i = 0; i < LOAD_ASIDES; i++)
		if (l->asides[i].asked > 0)
			printf("%-12s%llu open at the end, closed by the "
			    "server %llu\n", l->asides[i].name,
			    (unsigned long long)l->asides[i].open,
			    (unsigned long long)l->asides[i].lost);
	if (o->keep_alive > 0)
		printf("opened      %llu connections, for %.0f at a time\n",
		    (unsigned long long)l->conns.opened, o->keep_alive);
	if (t->waited > 0)
		printf("waited      %llu, for a free connection\n",
		    (unsigned long long)t->waited);
	if (t->unfinished > 0)
		printf("unfinished  %llu\n", (unsigned long long)t->unfinished);
	printf("generator   p99 %.3f, at most %.3f ms late\n",
	    ms(load_histogram_quantile(&t->late, 0.99)), ms(t->late.max_ns));
	if (o->histogram > 0)
		print_parts(&t->latency);
}
