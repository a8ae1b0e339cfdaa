/* SPDX-License-Identifier: BSD-2-Clause */
/* Which runs there are, and what they come to. */
#include <string.h>
#include <unistd.h>

#include "tools/contrast.h"

#define ROUNDS		5	/* of each cost: the median counts */
#define ROUNDS_QUICK	1
#define WORKERS_RATES	2
#define RATE_WORKERS	100
#define RATE_CALLS	200
#define RATE_EVENTS	1000
#define NODE_LINE	128

static const char *const ways[WAYS] = {
	[WAY_COUNTER] = "counter",
	[WAY_FACT] = "fact",
	[WAY_REGION] = "region",
	[WAY_CHANGE] = "change",
	[WAY_INTERVAL] = "interval",
	[WAY_NODE] = "node",
};
static const char *const parts[PARTS] = {
	[PART_COST] = "cost",
	[PART_CALLS] = "calls",
	[PART_RATES] = "rates",
	[PART_WORKERS] = "workers",
	[PART_EVENTS] = "events",
};
/* Without a pause, of one worker: about as long each, but for a counter. */
static const uint64_t flat_out[WAYS] = {
	[WAY_COUNTER] = 20000000,
	[WAY_FACT] = 200000,
	[WAY_REGION] = 10000000,
	[WAY_CHANGE] = 200000,
	[WAY_NODE] = 100000,
};

const char *
contrast_way(enum way way)
{
	return ways[way];
}

const char *
contrast_part(enum part part)
{
	return parts[part];
}

static void
add(struct contrast *c, struct run r)
{
	if (c->runs == RUNS_MAX || r.updates == 0 ||
	    (r.way == WAY_NODE && c->no_node != NULL))
		return;
	c->run[c->runs++] = r;
}

static void
plan_costs(struct contrast *c)
{
	int rounds = c->quick ? ROUNDS_QUICK : ROUNDS;

	for (int round = 0; round < rounds; round++)
		for (int w = 0; w < WAYS; w++)
			add(c, (struct run){ .part = PART_COST, .way = w,
			    .workers = 1,
			    .updates = flat_out[w] / (c->quick ? 20 : 1) });
	for (int w = 0; w < WAYS; w++)
		if (w != WAY_INTERVAL)
			add(c, (struct run){ .part = PART_CALLS, .way = w,
			    .workers = 1, .updates = c->quick ? 40 : 200,
			    .rate = RATE_CALLS * (c->quick ? 5 : 1) });
}

/* Health, told in the ways that there are for it. */
static void
plan_health(struct contrast *c, struct run r)
{
	static const enum way health[] = { WAY_REGION, WAY_CHANGE,
	    WAY_INTERVAL, WAY_NODE };

	for (size_t i = 0; i < sizeof(health) / sizeof(health[0]); i++) {
		r.way = health[i];
		add(c, r);
	}
}

static void
plan_loads(struct contrast *c)
{
	static const uint64_t rates[] = { 10, 100, 1000, 10000, 100000,
	    300000 };
	const size_t n = sizeof(rates) / sizeof(rates[0]);

	for (size_t i = 0; i < n; i += c->quick ? 3 : 1)
		plan_health(c, (struct run){ .part = PART_RATES,
		    .workers = WORKERS_RATES, .rate = rates[i],
		    .updates = 1 + (uint64_t)((double)rates[i] * c->seconds) });
	for (unsigned int i = 0; i < c->sizes; i++)
		plan_health(c, (struct run){ .part = PART_WORKERS,
		    .workers = c->workers[i], .rate = RATE_WORKERS,
		    .updates = 1 + (uint64_t)(RATE_WORKERS * c->seconds) });
}

/* Long enough to be there before and after: yardstick.c, half and 20 looks. */
static void
plan_events(struct contrast *c)
{
	uint64_t some = RATE_EVENTS / (c->quick ? 6 : 2);
	struct run r = { .part = PART_EVENTS, .workers = WORKERS_RATES,
	    .rate = RATE_EVENTS };

	r.event = "loop";
	r.updates = 2 * some;
	plan_health(c, r);
	r.event = "kill";
	r.updates = some;
	plan_health(c, r);
	r.event = "slow";
	r.updates = 2 * some + RATE_EVENTS * c->event_ms / 1000;
	plan_health(c, r);
}

void
contrast_plan(struct contrast *c)
{
	plan_costs(c);
	plan_loads(c);
	plan_events(c);
}

void
contrast_node(struct contrast *c)
{
	FILE *f = c->script[0] != '\0' ?
	    popen("node --version 2>/dev/null", "r") : NULL;
	char line[NODE_LINE] = "";

	if (f != NULL) {
		if (fgets(line, sizeof(line), f) == NULL)
			line[0] = '\0';
		line[strcspn(line, "\n")] = '\0';
		if (pclose(f) != 0)
			line[0] = '\0';
	}
	c->no_node = c->script[0] == '\0' ? "its script is not installed" :
	    line[0] != 'v' ? "node is not installed: apt-get install nodejs" :
	    NULL;
	snprintf(c->node, sizeof(c->node), "%.63s", line);
}

double
contrast_tell_ns(const struct run *r)
{
	return (double)r->figure[TELLS_CPU_NS] /
	    (double)r->figure[TELLS_UPDATES];
}

double
contrast_know_ns(const struct run *r)
{
	return (double)r->figure[KNOWS_CPU_NS] /
	    (double)r->figure[TELLS_UPDATES];
}

double
contrast_both_ns(const struct run *r)
{
	return contrast_tell_ns(r) + contrast_know_ns(r);
}

static bool
is_one(const struct run *r, enum part part, enum way way)
{
	return r->done && r->part == part && r->way == way;
}

static bool
is_before(const struct run *a, const struct run *b)
{
	double x = contrast_both_ns(a), y = contrast_both_ns(b);

	return x < y || (!(x > y) && a < b);
}

/* There are few of them: as many cost less as cost more. */
const struct run *
contrast_median(const struct contrast *c, enum part part, enum way way)
{
	const struct run *end = c->run + c->runs, *r, *o;
	size_t all, less;

	for (r = c->run; r < end; r++) {
		if (!is_one(r, part, way))
			continue;
		all = less = 0;
		for (o = c->run; o < end; o++) {
			if (!is_one(o, part, way))
				continue;
			all++;
			less += is_before(o, r);
		}
		if (less == all / 2)
			return r;
	}
	return NULL;
}

double
contrast_ratio(const struct contrast *c, enum way dear, enum way cheap)
{
	const struct run *d = contrast_median(c, PART_COST, dear);
	const struct run *l = contrast_median(c, PART_COST, cheap);

	return d == NULL || l == NULL ? 0 :
	    contrast_both_ns(d) / contrast_both_ns(l);
}
