/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The run: what is due, on which connection, and what becomes of it. All
 * kinds of runs are schedules: of a rate, of connections to hold, or, one after
 * another, of a single request.
 */
#include "bench/load.h"

#include <math.h>

#include "bench/load-schedule.h"

#define NS_PER_MS	1000000
#define NS_PER_S	1000000000
#define OPENING_MAX	64		/* as a backlog has room for */
#define BURST		32		/* begun in a turn, when we are late */

static bool
is_measured(const struct load *l, uint64_t due_ns)
{
	return due_ns >= l->measure_ns;
}

/* Of --idle and --half, and of what --keep-alive opens before the start. */
static void
opened(struct load *l, const struct load_conn *c, enum load_outcome outcome)
{
	l->opening--;
	for (size_t i = 0; i < LOAD_ASIDES; i++)
		if (c->aside == &l->asides[i])
			l->asides[i].open += outcome == LOAD_OK;
}

static void
hold(struct load *l, struct load_conn *c)
{
	c->row->held++;
	l->nheld++;
	TAILQ_INSERT_TAIL(&l->held, c, link);
}

static void
let_go(struct load *l, struct load_conn *c)
{
	c->row->held--;
	l->nheld--;
	TAILQ_REMOVE(&l->held, c, link);
	TAILQ_INSERT_TAIL(&l->free, c, link);
}

/* Those that stay open take turns; of the others the last is warm. */
static void
ended(struct load_conn *c, enum load_outcome outcome)
{
	struct load *l = c->conns->arg;

	l->local |= outcome == LOAD_LOCAL;
	if (!c->asks) {
		opened(l, c, outcome);
		return;
	}
	c->row = NULL;
	if (is_measured(l, c->due_ns)) {
		if (outcome == LOAD_OK)
			c->row = load_tally_row(&l->tally, &c->answer);
		load_tally_add(&l->tally, c, outcome);
	}
	if (l->options.sequential > 0)
		l->sequence[l->nsequence++] = c->row;
	if (l->options.hold > 0 && c->row != NULL && c->fd >= 0) {
		hold(l, c);
		return;
	}
	if (l->options.hold > 0) {
		l->held_lost += outcome == LOAD_OK;
		load_conn_close(c);
	}
	if (l->options.keep_alive > 0)
		TAILQ_INSERT_TAIL(&l->free, c, link);
	else
		TAILQ_INSERT_HEAD(&l->free, c, link);
}

static void
lost(struct load_conn *c)
{
	struct load *l = c->conns->arg;

	if (c->aside != NULL) {
		c->aside->open--;
		c->aside->lost++;
	} else if (l->options.hold > 0) {
		let_go(l, c);
		l->held_lost++;
	}
}

static uint64_t
timeout_ns(const struct load *l)
{
	return (uint64_t)(l->options.timeout_ms * NS_PER_MS);
}

/* The first deadline of what is under way, but no later than that time. */
static uint64_t
wake_ns(const struct load *l, uint64_t other_ns)
{
	const struct load_conn *c = TAILQ_FIRST(&l->conns.busy);
	uint64_t ns = other_ns;

	if (c != NULL && c->due_ns + timeout_ns(l) < ns)
		ns = c->due_ns + timeout_ns(l);
	if (!TAILQ_EMPTY(&l->conns.again) && load_now_ns() + NS_PER_MS < ns)
		ns = load_now_ns() + NS_PER_MS;
	return ns;
}

/* One turn, and then what is to be done because time has passed. */
static void
turn(struct load *l, uint64_t until_ns)
{
	struct load_conn *c;

	load_loop_turn(&l->loop, wake_ns(l, until_ns));
	load_conns_again(&l->conns);
	while ((c = TAILQ_FIRST(&l->conns.busy)) != NULL &&
	    c->due_ns + timeout_ns(l) <= load_now_ns())
		load_conn_end(c, LOAD_TIMEOUT);
}

void
load_run_open(struct load *l, struct load_conn *conns, size_t n, size_t bytes)
{
	size_t next = 0;

	while ((next < n || l->opening > 0) && !l->loop.interrupted) {
		for (; next < n && l->opening < OPENING_MAX; next++) {
			l->opening++;
			load_conn_open(&conns[next], load_now_ns(), bytes);
		}
		if (l->opening > 0)
			turn(l, UINT64_MAX);
	}
}

/*
 * What is due and found no connection stands between two copies of the
 * schedule: `begun` is behind `due`. What was due too long ago has timed out.
 */
static void
catch_up(struct load *l, const struct load_schedule *due,
    struct load_schedule *begun)
{
	struct load_conn *c;
	uint64_t now_ns;

	for (; begun->left > due->left; load_schedule_pass(begun)) {
		now_ns = load_now_ns();
		c = TAILQ_FIRST(&l->free);
		if (begun->next_ns + timeout_ns(l) <= now_ns) {
			l->tally.outcomes[LOAD_TIMEOUT] +=
			    is_measured(l, begun->next_ns);
			continue;
		}
		if (c == NULL)
			return;
		TAILQ_REMOVE(&l->free, c, link);
		l->tally.last_sent_ns = now_ns;
		load_conn_ask(c, begun->next_ns);
	}
}

/* How late are we? Who waits for a connection is not late by our doing. */
static void
notice(struct load *l, struct load_schedule *due, struct load_schedule *begun)
{
	uint64_t now_ns;

	for (int i = 0; i < BURST && due->left > 0; i++) {
		now_ns = load_now_ns();
		if (due->next_ns > now_ns)
			break;
		if (is_measured(l, due->next_ns)) {
			load_histogram_add(&l->tally.late,
			    now_ns - due->next_ns);
			l->tally.waited += begun->left > due->left ||
			    TAILQ_EMPTY(&l->free);
		}
		load_schedule_pass(due);
		catch_up(l, due, begun);
	}
}

static uint64_t
next_ns(const struct load *l, const struct load_schedule *due,
    const struct load_schedule *begun, uint64_t until_ns)
{
	uint64_t ns = due->left > 0 ? due->next_ns : UINT64_MAX;

	if (begun->left > due->left && begun->next_ns + timeout_ns(l) < ns)
		ns = begun->next_ns + timeout_ns(l);
	if (due->left == 0 && until_ns > load_now_ns())
		ns = until_ns < ns ? until_ns : ns;
	return ns;
}

static uint64_t
later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Until all of the schedule is over, and at least until that time. */
static void
run(struct load *l, struct load_schedule *due, uint64_t until_ns)
{
	struct load_schedule begun = *due;
	uint64_t from_ns = later(due->start_ns, l->measure_ns);

	while (!l->loop.interrupted) {
		catch_up(l, due, &begun);
		notice(l, due, &begun);
		if (begun.left == 0 && TAILQ_EMPTY(&l->conns.busy) &&
		    load_now_ns() >= until_ns)
			break;
		turn(l, next_ns(l, due, &begun, until_ns));
	}
	l->tally.unfinished = begun.left - due->left;
	for (struct load_conn *c = TAILQ_FIRST(&l->conns.busy); c != NULL;
	    c = TAILQ_NEXT(c, link))
		l->tally.unfinished += is_measured(l, c->due_ns);
	l->span_s += ((double)later(l->tally.last_sent_ns, begun.next_ns) -
	    (double)from_ns) / NS_PER_S;
}

static void
schedule(const struct load *l, struct load_schedule *due, double count)
{
	load_schedule_begin(due, load_now_ns(), (uint64_t)llround(count),
	    l->options.rate);
	if (l->options.poisson > 0)
		load_schedule_poisson(due, (uint64_t)l->options.seed);
}

static void
run_rate(struct load *l)
{
	const struct load_options *o = &l->options;
	struct load_schedule due;

	schedule(l, &due, o->rate * (o->warmup_s + o->duration_s));
	l->measure_ns = due.start_ns + (uint64_t)(o->warmup_s * NS_PER_S);
	run(l, &due, 0);
}

static void
run_sequence(struct load *l)
{
	uint64_t start_ns = load_now_ns();
	struct load_schedule due;

	while ((double)l->nsequence < l->options.sequential &&
	    !l->loop.interrupted) {
		load_schedule_begin(&due, load_now_ns(), 1, NS_PER_S);
		run(l, &due, 0);
	}
	l->span_s = (double)(load_now_ns() - start_ns) / NS_PER_S;
}

/* Close n of those that are held, at random. */
static void
churn(struct load *l, uint64_t n)
{
	uint64_t left = l->nheld, random = (uint64_t)l->options.seed;
	struct load_conn *c, *next;

	/* Each of those left with a chance of n ÷ left: exactly n go. */
	for (c = TAILQ_FIRST(&l->held); c != NULL && n > 0; c = next) {
		next = TAILQ_NEXT(c, link);
		if (load_random(&random) % left-- >= n)
			continue;
		n--;
		load_conn_close(c);
		let_go(l, c);
	}
}

static void
run_hold(struct load *l)
{
	const struct load_options *o = &l->options;
	struct load_schedule due;
	uint64_t n;

	schedule(l, &due, o->hold);
	run(l, &due, 0);
	n = (uint64_t)llround((double)l->nheld * o->churn_percent / 100);
	if (n > 0) {
		churn(l, n);
		schedule(l, &due, (double)n);
		run(l, &due, 0);
	}
	load_schedule_begin(&due, load_now_ns(), 0, 1);
	run(l, &due, due.start_ns + (uint64_t)(o->duration_s * NS_PER_S));
}

void
load_run_begin(struct load *l)
{
	TAILQ_INIT(&l->free);
	TAILQ_INIT(&l->held);
	l->conns.ended = ended;
	l->conns.lost = lost;
	l->conns.arg = l;
}

void
load_run(struct load *l)
{
	if (l->options.hold > 0)
		run_hold(l);
	else if (l->options.sequential > 0)
		run_sequence(l);
	else
		run_rate(l);
}
