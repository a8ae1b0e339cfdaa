/* SPDX-License-Identifier: BSD-2-Clause */
/* The same for programs. Times are whole microseconds. */
#include "bench/load.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>

#include "bench/load-figures.h"

/* A JSON number, of what is no bigger than counts and microseconds are. */
static json_t *
count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *
us(uint64_t ns)
{
	return count((ns + 500) / 1000);
}

static json_t *
known(long n)
{
	return n == LOAD_ABSENT ? json_null() : json_integer(n);
}

static json_t *
json_latency(const struct load_histogram *h)
{
	json_t *j = json_object();

	for (size_t i = 0; i < LOAD_QUANTILES; i++)
		json_object_set_new(j, load_quantiles[i].name,
		    us(load_histogram_quantile(h, load_quantiles[i].q)));
	json_object_set_new(j, "mean", us((uint64_t)load_histogram_mean(h)));
	json_object_set_new(j, "count", count(h->count));
	return j;
}

static json_t *
json_errors(const struct load_tally *t)
{
	json_t *j = json_object();

	for (unsigned int i = LOAD_OK + 1; i < LOAD_OUTCOMES; i++)
		json_object_set_new(j, load_outcome_name(i),
		    count(t->outcomes[i]));
	return j;
}

static json_t *
json_seats(const struct load_tally *t)
{
	json_t *all = json_array();

	for (size_t i = 0; i < t->nrows; i++) {
		const struct load_row *r = t->rows[i];

		json_array_append_new(all, json_pack(
		    "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		    "seat", known(r->seat), "pid", known(r->pid),
		    "count", count(r->latency.count),
		    "p50_us", us(load_histogram_quantile(&r->latency, 0.5)),
		    "p99_us", us(load_histogram_quantile(&r->latency, 0.99)),
		    "max_us", us(r->latency.max_ns),
		    "over", count(r->over), "held", count(r->held)));
	}
	return all;
}

static json_t *
json_hold(const struct load *l)
{
	json_t *counts = json_array();
	struct load_spread s;

	load_figures_spread(l, &s);
	for (size_t i = 0; i < s.n; i++)
		json_array_append_new(counts, count(s.counts[i]));
	return json_pack("{s:o, s:o, s:o, s:o, s:f, s:o, s:o}",
	    "per_seat", counts, "max", count(s.max), "min", count(s.min),
	    "spread", count(s.max - s.min), "cv", s.cv,
	    "open", count(l->nheld), "lost", count(l->held_lost));
}

static json_t *
json_sequence(const struct load *l)
{
	json_t *all = json_array();

	for (uint64_t i = 0; i < l->nsequence; i++)
		json_array_append_new(all,
		    known(load_figures_who(l->sequence[i])));
	return all;
}

static json_t *
json_parts(const struct load_histogram *h)
{
	json_t *all = json_array();

	for (unsigned int i = 0; i < LOAD_HISTOGRAM_PARTS; i++)
		if (h->parts[i] != 0)
			json_array_append_new(all, json_pack("[f, o]",
			    (double)load_histogram_floor_ns(i + 1) / 1000,
			    count(h->parts[i])));
	return all;
}

/* What is there in each run; what only some have is left out of the others. */
static json_t *
json_all(const struct load *l)
{
	const struct load_options *o = &l->options;
	const struct load_tally *t = &l->tally;

	return json_pack("{s:{s:f, s:f}, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
	    "s:{s:o, s:o}}",
	    "rate", "asked", o->sequential > 0 ? 0.0 : o->rate,
	    "attained", load_figures_attained(l),
	    "sent", count(load_tally_sent(t)),
	    "ok", count(t->outcomes[LOAD_OK]), "errors", json_errors(t),
	    "unfinished", count(t->unfinished), "waited", count(t->waited),
	    "latency_us", json_latency(&t->latency), "seats", json_seats(t),
	    "generator", "p99_late_us",
	    us(load_histogram_quantile(&t->late, 0.99)),
	    "max_late_us", us(t->late.max_ns));
}

static json_t *
json_over(const struct load_tally *t)
{
	return json_pack("{s:f, s:o, s:o, s:o}", "ms", (double)t->over_ns / 1e6,
	    "count", count(t->over), "held", count(t->over_held),
	    "others_us", json_latency(&t->not_held));
}

static void
json_extras(const struct load *l, json_t *j)
{
	const struct load_options *o = &l->options;
	const struct load_tally *t = &l->tally;

	if (t->to_accept.count > 0) {
		json_object_set_new(j, "to_accept_us",
		    json_latency(&t->to_accept));
		json_object_set_new(j, "from_accept_us",
		    json_latency(&t->from_accept));
	}
	if (t->to_pick.count > 0)
		json_object_set_new(j, "to_pick_us", json_latency(&t->to_pick));
	if (t->over_ns > 0)
		json_object_set_new(j, "over", json_over(t));
	if (o->keep_alive > 0)
		json_object_set_new(j, "opened", count(l->conns.opened));
	if (o->hold > 0)
		json_object_set_new(j, "hold", json_hold(l));
	if (o->sequential > 0)
		json_object_set_new(j, "sequence", json_sequence(l));
	if (o->histogram > 0)
		json_object_set_new(j, "histogram", json_parts(&t->latency));
	for (const struct load_aside *a = l->asides;
	    a < l->asides + LOAD_ASIDES; a++)
		if (a->asked > 0)
			json_object_set_new(j, a->name, json_pack(
			    "{s:f, s:o, s:o}", "asked", a->asked, "open",
			    count(a->open), "lost", count(a->lost)));
}

int
load_report_json(const struct load *l)
{
	json_t *j = json_all(l);
	int err;

	if (j == NULL)
		return -ENOMEM;
	json_extras(l, j);
	err = json_dumpf(j, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
	json_decref(j);
	putchar('\n');
	return err < 0 ? -ENOMEM : 0;
}
