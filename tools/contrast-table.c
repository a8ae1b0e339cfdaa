/* SPDX-License-Identifier: BSD-2-Clause */
/* What was measured, for people: a table for each part. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tools/contrast.h"
#include "tools/table.h"
#include "tools/text.h"

static const char *const told[WAYS] = {
	[WAY_COUNTER] = "one number: a counter",
	[WAY_FACT] = "one number: a message",
	[WAY_REGION] = "health: words of the slot",
	[WAY_CHANGE] = "health: a message each change",
	[WAY_INTERVAL] = "health: a message each 250 ms",
	[WAY_NODE] = "health: Node's process.send",
};

/* Of some microseconds digits matter. */
static struct text
ns_text(double ns)
{
	struct text t;

	if (ns >= 10000)
		return text_duration((uint64_t)ns);
	snprintf(t.s, sizeof(t.s), "%.*fns", ns < 100 ? 1 : 0, ns);
	return t;
}

static double
each(const struct run *r, uint64_t n)
{
	return (double)n / (double)r->figure[TELLS_UPDATES];
}

static void
cost_row(struct table *t, const struct contrast *c, enum way way)
{
	const struct run *r = contrast_median(c, PART_COST, way);
	const struct run *k = contrast_median(c, PART_CALLS, way);

	if (r == NULL)
		return;
	table_cell(t, "%s", told[way]);
	table_cell(t, "%s", ns_text(contrast_tell_ns(r)).s);
	table_cell(t, "%s", ns_text(contrast_both_ns(r)).s);
	if (k == NULL || !k->counted) {
		for (int i = 0; i < 3; i++)
			table_cell(t, "-");
		return;
	}
	table_cell(t, "%.2f", each(k, k->tells.calls));
	table_cell(t, "%.2f", each(k, k->knows.calls));
	table_cell(t, "%.0f", each(k, k->tells.bytes + k->knows.bytes));
}

static void
costs(const struct contrast *c, FILE *f)
{
	static const struct column columns[] = {
		{ .title = "an update", .left = true },
		{ .title = "teller" },
		{ .title = "both sides" },
		{ .title = "teller's calls" },
		{ .title = "knower's calls" },
		{ .title = "bytes moved" },
	};
	struct table *t = table_new(columns, 6);

	if (t == NULL)
		return;
	fprintf(f, "What an update costs, processor time and system calls\n");
	for (int w = 0; w < WAYS; w++)
		cost_row(t, c, (enum way)w);
	table_print(t, f, 0);
	table_free(t);
	fprintf(f, "one number: the message costs %.0f counter adds; health: "
	    "%.0f times its words\n", contrast_ratio(c, WAY_FACT, WAY_COUNTER),
	    contrast_ratio(c, WAY_CHANGE, WAY_REGION));
	if (c->no_calls != NULL)
		fprintf(f, "calls were not counted: %s\n", c->no_calls);
	if (c->no_node != NULL)
		fprintf(f, "without Node: %s\n", c->no_node);
}

static void
load_row(struct table *t, const struct run *r)
{
	table_cell(t, "%u", r->workers);
	table_cell(t, "%" PRIu64, r->rate);
	table_cell(t, "%s", contrast_way(r->way));
	table_cell(t, "%s", ns_text(contrast_both_ns(r)).s);
	table_cell(t, "%s", ns_text((double)r->figure[KNOWS_AGE_P50_NS]).s);
	table_cell(t, "%s", ns_text((double)r->figure[KNOWS_AGE_P99_NS]).s);
	table_cell(t, "%s", ns_text(
	    (double)r->figure[KNOWS_NOTICED_P50_NS]).s);
	table_cell(t, "%s", ns_text(
	    (double)r->figure[KNOWS_NOTICED_P99_NS]).s);
	table_cell(t, "%.0f%%", 100 * each(r, r->figure[KNOWS_SEEN]));
	table_cell(t, "%" PRIu64, r->figure[TELLS_REFUSED]);
}

static void
loads(const struct contrast *c, enum part part, FILE *f)
{
	static const struct column columns[] = {
		{ .title = "workers" },
		{ .title = "each/s" },
		{ .title = "way", .left = true },
		{ .title = "both sides" },
		{ .title = "age p50" },
		{ .title = "p99" },
		{ .title = "noticed p50" },
		{ .title = "p99" },
		{ .title = "seen" },
		{ .title = "refused" },
	};
	struct table *t = table_new(columns, 10);

	if (t == NULL)
		return;
	fprintf(f, part == PART_RATES ? "\nHow old is what is known, and how "
	    "late a change is noticed: by rate\n" : "\nThe same, by workers\n");
	for (unsigned int i = 0; i < c->runs; i++)
		if (c->run[i].part == part && c->run[i].done)
			load_row(t, &c->run[i]);
	table_print(t, f, 0);
	table_free(t);
}

static void
event_line(const struct run *r, uint64_t event_ms, FILE *f)
{
	const uint64_t *v = r->figure;

	fprintf(f, "  %-8s ", contrast_way(r->way));
	if (strcmp(r->event, "loop") == 0 && v[KNOWS_STUCK_NS] != 0)
		fprintf(f, "seen to be stuck after %s",
		    text_duration(v[KNOWS_STUCK_NS]).s);
	else if (strcmp(r->event, "loop") == 0 && (r->way == WAY_CHANGE ||
	    r->way == WAY_NODE))
		fprintf(f, "not seen to be stuck: silence has no meaning");
	else if (strcmp(r->event, "loop") == 0)
		fprintf(f, "not seen to be stuck within %s",
		    text_duration(event_ms * 1000000).s);
	else if (strcmp(r->event, "kill") == 0)
		fprintf(f, "knows of %" PRIu64 " of its %" PRIu64
		    " requests, lost: %" PRIu64, v[KNOWS_KNOWN],
		    v[KNOWS_COUNTED], v[KNOWS_COUNTED] - v[KNOWS_KNOWN]);
	else
		fprintf(f, "first look %s old, fresh %s later; %" PRIu64
		    " updates refused", text_duration(v[KNOWS_BACK_AGE_NS]).s,
		    text_duration(v[KNOWS_FRESH_NS]).s, v[TELLS_REFUSED]);
	if (strcmp(r->event, "loop") == 0)
		fprintf(f, "; what was known of it: up to %s old",
		    text_duration(v[KNOWS_OLDEST_NS]).s);
	fprintf(f, "\n");
}

static void
events(const struct contrast *c, FILE *f)
{
	const char *last = "";

	fprintf(f, "\nWhat is known when something goes wrong\n");
	for (unsigned int i = 0; i < c->runs; i++) {
		const struct run *r = &c->run[i];

		if (r->part != PART_EVENTS || !r->done)
			continue;
		if (strcmp(last, r->event) != 0)
			fprintf(f, strcmp(r->event, "loop") == 0 ?
			    "a worker loops for %s\n" :
			    strcmp(r->event, "kill") == 0 ?
			    "a worker is killed after a burst\n" :
			    "who looks is busy elsewhere for %s\n",
			    text_duration(c->event_ms * 1000000).s);
		last = r->event;
		event_line(r, c->event_ms, f);
	}
}

void
contrast_table(const struct contrast *c, enum part part, FILE *f)
{
	if (part == PART_CALLS)
		costs(c, f);		/* both stand in one table */
	else if (part == PART_EVENTS)
		events(c, f);
	else if (part != PART_COST)
		loads(c, part, f);
	fflush(f);
}

void
contrast_words(FILE *f)
{
	fprintf(f, "\nWhat messages do better\n"
	    "  order     each comes after the one before, on both sides\n"
	    "  delivery  each comes at most once, a reply says that it was "
	    "handled; who looks\n"
	    "            sees the last state, and not each (column seen)\n"
	    "  payload   any bytes, and descriptors; the region has words that "
	    "were declared\n"
	    "  wake-up   who waits is woken at once; who looks is as late as "
	    "he looks\n"
	    "            (column noticed)\n"
	    "  privacy   two see it; the region is for all who may look\n"
	    "So: what happens once, and must be acted on, is a message; what is "
	    "true just now\n"
	    "is a word. See doc/contrast.md.\n");
}
