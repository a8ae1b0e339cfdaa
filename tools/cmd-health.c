/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cadre health: what each slot did, record by record, out of its health ring.
 * A record holds running totals, so a line is the difference to the one
 * before, over deaths too: no request is in no line. A gap means that the
 * worker was idle. The newest line of a living worker is made of its live words.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "shm/clock.h"
#include "tools/delta.h"
#include "tools/json.h"
#include "tools/sample.h"
#include "tools/table.h"
#include "tools/text.h"
#include "tools/verb.h"

#define FOLLOW_MS	100
#define SHOW_LINES	20	/* of each slot, if -c says nothing else */
#define BATCH		64
/* A reader never takes more than two rings, however fast a worker writes. */
#define RECORDS_MAX	(2 * CADRE_HEALTH_RECORDS)

static const struct option options[] = {
	{ "count", required_argument, NULL, 'c' },
	{ "follow", no_argument, NULL, 'f' },
	{ "json", no_argument, NULL, 'j' },
	{ NULL, 0, NULL, 0 },
};

static const struct column columns[] = {
	{ "WHEN", false, 0 },
	{ "SPAN", false, 5 },
	{ "TURNS/S", false, 3 },
	{ "BUSY%", false, 0 },
	{ "ACCEPT/S", false, 2 },
	{ "OPEN", false, 1 },
	{ "REQ/S", false, 0 },
	{ "ERRORS", false, 0 },
	{ "FLAGS", true, 4 },
};

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

struct wish {
	bool		follow, json;
	int64_t		count;		/* lines per slot; 0: all */
	int64_t		seat;		/* -1: all */
};

/* One slot's ring and how far it was read. */
struct track {
	struct cadre_cursor cursor;
	struct cadre_shm_health last;
	bool		has_last;
};

struct history {
	const struct cadre_region *region;
	const struct wish *wish;
	struct cadre_app app;
	unsigned int	first, end;	/* the seats: first … end - 1 */
	struct track	*track;		/* two per seat, from seat 0 on */
	struct cadre_shm_health *record; /* RECORDS_MAX */
};

/* The life a slot holds and whether its words still move. */
static bool
life_of(const struct cadre_seat_view *s, unsigned int slot,
    const struct cadre_worker_view **ret_life, bool *ret_lives)
{
	const struct cadre_worker_view *w = NULL;

	if (s->has_newest && s->newest.slot == slot)
		w = &s->newest;
	else if (s->has_draining && s->draining.slot == slot)
		w = &s->draining;
	*ret_life = w;
	*ret_lives = w != NULL && w->life.ended_ns == 0 &&
	    (w->life.state == CADRE_STATE_STARTING ||
	    w->life.state == CADRE_STATE_UP ||
	    w->life.state == CADRE_STATE_DRAINING);
	return w != NULL;
}

/* Its worker writes records: it is none of a program without libcadre. */
static bool
speaks(const struct cadre_worker_view *w)
{
	return w == NULL || sample_speaks(&w->life);
}

/* What the ring holds that was not read before. */
static int
read_new(struct history *h, unsigned int seat, unsigned int slot)
{
	struct track *t = &h->track[2 * seat + slot];
	int n, have = 0;

	while (have + BATCH <= RECORDS_MAX) {
		n = cadre_region_health(h->region, seat, slot, &t->cursor,
		    h->record + have, BATCH);
		if (n <= 0)
			break;
		have += n;
	}
	return have;
}

static void
cell_flags(struct table *t, const struct cadre_shm_health *h, const char *live)
{
	table_cell(t, "%s%s%s", live,
	    h->flags & CADRE_HEALTH_FIRST ? "first " : "",
	    h->flags & CADRE_HEALTH_DRAINING ? "draining" : "");
}

static void
row(struct table *t, const struct cadre_shm_health *before,
    const struct cadre_shm_health *h, const char *when, const char *live)
{
	struct delta d;

	table_cell(t, "%s", when);
	if (delta_of(before, h, &d)) {
		table_cell(t, "%s", text_duration(d.span_ns).s);
		table_cell(t, "%s", text_count(delta_per_s(&d, d.turns)).s);
		table_cell(t, "%s", text_percent((double)d.busy_ns /
		    (double)d.span_ns).s);
		table_cell(t, "%s", text_count(delta_per_s(&d, d.accepted)).s);
		table_cell(t, "%" PRIu64, h->open);
		table_cell(t, "%s", text_count(delta_per_s(&d, d.requests)).s);
		table_cell(t, "%" PRIu64, d.errors);
	} else {
		for (int i = 0; i < 4; i++)
			table_cell(t, "-");
		table_cell(t, "%" PRIu64, h->open);
		table_cell(t, "-");
		table_cell(t, "-");
	}
	cell_flags(t, h, live);
}

/* What a master excludes a worker for: no record of the worker's tells it. */
static void
exclusion(const struct cadre_worker_view *w)
{
	uint64_t now = clock_now_ns(), since = w->life.stalled_ns;

	if (since != 0 && now > since && w->life.ended_ns == 0)
		printf("  stalled for %s%s%s", text_duration(now - since).s,
		    w->life.cause != CADRE_CAUSE_NONE ? ": " : "",
		    w->life.cause != CADRE_CAUSE_NONE ?
		    cadre_cause_name(w->life.cause) : "");
	if ((w->life.flags & CADRE_LIFE_FULL) != 0 && w->life.ended_ns == 0)
		printf("  at its limit");
	if ((w->life.flags & CADRE_LIFE_LEFT) != 0 && w->life.ended_ns == 0)
		printf("  accepts no more");
}

static void
title(const struct cadre_seat_view *s, unsigned int slot,
    const struct cadre_worker_view *w, int records, uint64_t lost)
{
	printf("seat %u slot %u", s->seat, slot);
	if (w != NULL)
		printf("  pid %" PRIu64 "  generation %" PRIu64 "  %s",
		    w->life.pid, w->life.generation,
		    cadre_state_name(w->life.state));
	else
		printf("  of lives before");
	if (w != NULL)
		exclusion(w);
	if (!speaks(w) && records == 0)
		printf("  no records: a program that does not use libcadre\n");
	else
		printf("  %d records, %" PRIu64 " lost\n", records, lost);
}

/* One slot's history as a table; the older lines only count. */
static int
show_slot(struct history *h, const struct cadre_seat_view *s, unsigned int slot)
{
	const struct cadre_worker_view *w;
	struct cadre_shm_health live, *r = h->record;
	struct table *t;
	unsigned int width, height;
	uint64_t now = clock_now_ns();
	int n = read_new(h, s->seat, slot), from = 0;
	bool lives;

	if (!life_of(s, slot, &w, &lives) && n == 0)
		return 0;
	if ((t = table_new(columns, LENGTH(columns))) == NULL)
		return -ENOMEM;
	title(s, slot, w, n, h->track[2 * s->seat + slot].cursor.lost);
	if (h->wish->count > 0 && n > h->wish->count)
		from = n - (int)h->wish->count;
	if (n == 0 && !speaks(w)) {
		table_free(t);
		return 0;
	}
	if (from > 0)
		printf("(%d older ones: -c 0)\n", from);
	for (int i = from; i < n; i++)
		row(t, i > 0 ? &r[i - 1] : NULL, &r[i], text_duration(
		    now > r[i].mono_ns ? now - r[i].mono_ns : 0).s, "");
	if (lives && speaks(w) &&
	    cadre_region_health_now(h->region, s->seat, slot, &live) == 0)
		row(t, n > 0 ? &r[n - 1] : NULL, &live, "now", "live ");
	table_screen(&width, &height);
	table_print(t, stdout, width);
	table_free(t);
	return 0;
}

/* The same as JSON, into the array; the live words are its last record. */
static int
add_slot(struct history *h, const struct cadre_seat_view *s, unsigned int slot,
    json_t *seats)
{
	const struct cadre_worker_view *w;
	struct cadre_shm_health live, *r = h->record;
	int n = read_new(h, s->seat, slot), from = 0;
	uint64_t now = clock_now_ns(), since = 0;
	json_t *records;
	bool lives, stalled;

	if (!life_of(s, slot, &w, &lives) && n == 0)
		return 0;
	since = lives ? w->life.stalled_ns : 0;
	stalled = since != 0 && now >= since;
	records = json_array();
	if (h->wish->count > 0 && n > h->wish->count)
		from = n - (int)h->wish->count;
	for (int i = from; i < n; i++)
		json_array_append_new(records, json_health(&r[i],
		    i > 0 ? &r[i - 1] : NULL, false));
	if (lives && speaks(w) &&
	    cadre_region_health_now(h->region, s->seat, slot, &live) == 0)
		json_array_append_new(records, json_health(&live,
		    n > 0 ? &r[n - 1] : NULL, true));
	return json_array_append_new(seats,
	    json_pack("{s:i, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:s?, s:b}",
	    "seat", (int)s->seat, "slot", (int)slot,
	    "generation", json_u64_if(w != NULL, w ? w->life.generation : 0),
	    "pid", json_u64_if(lives, w ? w->life.pid : 0),
	    "lost", json_u64(h->track[2 * s->seat + slot].cursor.lost),
	    "records", records,
	    "attached", w != NULL ? json_boolean(speaks(w)) : json_null(),
	    "stalled_for_ns", json_u64_if(stalled, now - since),
	    "stall_cause", stalled && w->life.cause != CADRE_CAUSE_NONE ?
	    cadre_cause_name(w->life.cause) : NULL,
	    "full", lives && (w->life.flags & CADRE_LIFE_FULL) != 0)) < 0 ?
	    -ENOMEM : 0;
}

static int
show(struct history *h)
{
	json_t *seats = h->wish->json ? json_array() : NULL;
	struct cadre_seat_view s;
	int err = 0;

	for (unsigned int i = h->first; i < h->end && err == 0; i++) {
		if (cadre_region_seat(h->region, i, &s) < 0 || !s.has_newest)
			continue;
		for (unsigned int slot = 0; slot < 2 && err == 0; slot++) {
			err = seats == NULL ? show_slot(h, &s, slot) :
			    add_slot(h, &s, slot, seats);
		}
	}
	if (seats == NULL)
		return err;
	if (err < 0) {
		json_decref(seats);
		return err;
	}
	return json_print(json_pack("{s:o, s:o}", "app", json_bytes(
	    h->app.name, sizeof(h->app.name)), "seats", seats));
}

static int
follow_line(struct history *h, unsigned int seat, unsigned int slot,
    const struct track *t, const struct cadre_shm_health *r)
{
	const struct cadre_shm_health *before = t->has_last ? &t->last : NULL;
	uint64_t real = clock_read(CLOCK_REALTIME), now = clock_now_ns();
	struct delta d;

	if (h->wish->json)
		return json_print(json_pack("{s:o, s:i, s:i, s:o, s:o}",
		    "app", json_bytes(h->app.name, sizeof(h->app.name)),
		    "seat", (int)seat, "slot", (int)slot,
		    "lost", json_u64(t->cursor.lost),
		    "record", json_health(r, before, false)));
	printf("%s seat %u slot %u", text_time(real -
	    (now > r->mono_ns ? now - r->mono_ns : 0)).s, seat, slot);
	if (delta_of(before, r, &d))
		printf("  in %s: %s turns/s, %s%% busy, %s accepted/s, "
		    "%s req/s, %" PRIu64 " errors,", text_duration(d.span_ns).s,
		    text_count(delta_per_s(&d, d.turns)).s,
		    text_percent((double)d.busy_ns / (double)d.span_ns).s,
		    text_count(delta_per_s(&d, d.accepted)).s,
		    text_count(delta_per_s(&d, d.requests)).s, d.errors);
	printf(" %" PRIu64 " open%s%s\n", r->open,
	    r->flags & CADRE_HEALTH_FIRST ? ", first of a life" : "",
	    r->flags & CADRE_HEALTH_DRAINING ? ", draining" : "");
	return 0;
}

static int
follow_slot(struct history *h, unsigned int seat, unsigned int slot, bool quiet)
{
	struct track *t = &h->track[2 * seat + slot];
	uint64_t lost = t->cursor.lost;
	int err = 0, n = read_new(h, seat, slot);

	if (t->cursor.lost > lost && !quiet && !h->wish->json)
		printf("(%" PRIu64 " records of seat %u slot %u are lost)\n",
		    t->cursor.lost - lost, seat, slot);
	for (int i = 0; i < n && err == 0; i++) {
		if (!quiet)
			err = follow_line(h, seat, slot, t, &h->record[i]);
		t->last = h->record[i];
		t->has_last = true;
	}
	return err;
}

/* Only what is new from now on: the history is there without -f. */
static int
follow(struct history *h)
{
	bool quiet = true, over = false;
	int err = 0;

	for (;;) {
		for (unsigned int i = 2 * h->first; i < 2 * h->end && err == 0;
		    i++)
			err = follow_slot(h, i / 2, i % 2, quiet);
		fflush(stdout);
		if (err < 0 || over || ferror(stdout))
			return err;
		quiet = false;
		verb_nap(FOLLOW_MS);
		over = verb_over(h->region);
	}
}

static int
run(const struct verb *v, const struct cadre_region *r, const struct wish *w)
{
	struct history h = { .region = r, .wish = w };
	int err;

	err = cadre_region_app(r, &h.app);
	if (err < 0)
		return verb_fail(v, err);
	h.end = h.app.max_workers;
	if (w->seat >= (int64_t)h.end)
		return verb_usage(v, "no seat %" PRId64 ": they are 0 to %u",
		    w->seat, h.end - 1);
	if (w->seat >= 0) {
		h.first = (unsigned int)w->seat;
		h.end = h.first + 1;
	}
	h.track = calloc(2 * (size_t)h.end, sizeof(*h.track));
	h.record = calloc(RECORDS_MAX, sizeof(*h.record));
	if (h.track == NULL || h.record == NULL)
		err = -ENOMEM;
	else
		err = w->follow ? follow(&h) : show(&h);
	free(h.track);
	free(h.record);
	return err < 0 ? verb_fail(v, err) : EXIT_SUCCESS;
}

static bool
number(const char *text, int64_t *ret_n)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || n < 0 ||
	    n > 1000000)
		return false;
	*ret_n = n;
	return true;
}

int
cmd_health(const struct verb *v, int argc, char **argv)
{
	struct wish w = { .count = -1, .seat = -1 };
	struct cadre_region *r;
	const char *name;
	int c, code;

	while ((c = getopt_long(argc, argv, ":c:fj", options, NULL)) != -1) {
		if (c == 'f')
			w.follow = true;
		else if (c == 'j')
			w.json = true;
		else if (c != 'c')
			return verb_flag(v, c, argv);
		else if (!number(optarg, &w.count))
			return verb_usage(v, "flag -c needs a count, 0 for all,"
			    " not '%s'", optarg);
	}
	if (w.count < 0)
		w.count = w.json ? 0 : SHOW_LINES;
	if (argc - optind == 2) {
		if (!number(argv[optind + 1], &w.seat))
			return verb_usage(v, "SEAT is a number, not '%s'",
			    argv[optind + 1]);
		argc--;
	}
	if ((code = verb_name(v, argc, argv, &name)) != 0 ||
	    (code = verb_attach(v, name, &r)) != 0)
		return code;
	code = run(v, r, &w);
	cadre_region_close(r);
	return code;
}
