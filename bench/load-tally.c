/* SPDX-License-Identifier: BSD-2-Clause */
/* See load-tally.h. */
#include "bench/load-tally.h"

#include <stdbool.h>
#include <stdlib.h>

static bool
is_of(const struct load_row *row, const struct load_answer *a)
{
	return row->seat == a->seat &&
	    (a->seat != LOAD_ABSENT || row->pid == a->pid);
}

struct load_row *
load_tally_row(struct load_tally *t, const struct load_answer *a)
{
	static const struct load_answer nobody = {
		.seat = LOAD_ABSENT, .pid = LOAD_ABSENT,
	};
	struct load_row *row;

	for (size_t i = 0; i < t->nrows; i++) {
		if (!is_of(t->rows[i], a))
			continue;
		t->rows[i]->pid = a->pid;
		return t->rows[i];
	}
	/* The last row is kept free for them; it is found from then on. */
	if (t->nrows == LOAD_ROWS_MAX - 1 &&
	    (a->seat != LOAD_ABSENT || a->pid != LOAD_ABSENT))
		return load_tally_row(t, &nobody);
	row = calloc(1, sizeof(*row));
	if (row == NULL)
		abort();
	row->seat = a->seat;
	row->pid = a->pid;
	t->rows[t->nrows++] = row;
	return row;
}

/* A time in the life of the request; a connection kept from before has none. */
static bool
is_within(uint64_t ns, uint64_t due_ns, const struct load_answer *a)
{
	return ns >= due_ns && ns <= a->at_ns && ns != 0;
}

/*
 * Slow answers are of two kinds: the connection waited for a worker, or a
 * worker had it and did not come to it. No choice of a worker can help the
 * second kind: it was right when it was made.
 */
static void
add_answer(struct load_tally *t, const struct load_conn *c)
{
	const struct load_answer *a = &c->answer;
	uint64_t ns = a->at_ns - c->due_ns, had_ns = a->accepted_ns;
	bool over = t->over_ns != 0 && ns > t->over_ns;

	load_histogram_add(&t->latency, ns);
	load_histogram_add(&c->row->latency, ns);
	if (is_within(a->accepted_ns, c->due_ns, a)) {
		load_histogram_add(&t->to_accept, a->accepted_ns - c->due_ns);
		load_histogram_add(&t->from_accept, a->at_ns - a->accepted_ns);
	}
	if (is_within(a->picked_ns, c->due_ns, a)) {
		load_histogram_add(&t->to_pick, a->picked_ns - c->due_ns);
		had_ns = a->picked_ns;
	}
	t->over += over;
	c->row->over += over;
	if (over && is_within(had_ns, c->due_ns, a) &&
	    had_ns - c->due_ns <= t->over_ns)
		t->over_held++;
	else
		load_histogram_add(&t->not_held, ns);
}

void
load_tally_add(struct load_tally *t, const struct load_conn *c,
    enum load_outcome outcome)
{
	t->outcomes[outcome]++;
	if (outcome == LOAD_OK)
		add_answer(t, c);
}

static int
compare(const void *a, const void *b)
{
	const struct load_row *x = *(struct load_row *const *)a;
	const struct load_row *y = *(struct load_row *const *)b;

	if (x->seat != y->seat)
		return x->seat < y->seat ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

void
load_tally_sort(struct load_tally *t)
{
	qsort(t->rows, t->nrows, sizeof(struct load_row *), compare);
}

uint64_t
load_tally_sent(const struct load_tally *t)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < LOAD_OUTCOMES; i++)
		n += t->outcomes[i];
	return n;
}
