/* SPDX-License-Identifier: BSD-2-Clause */
/* What a run counted: outcomes, latencies, and who answered. */
#ifndef BENCH_LOAD_TALLY_H
#define BENCH_LOAD_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "bench/load-conn.h"
#include "bench/load-histogram.h"

#define LOAD_ROWS_MAX	1024	/* more of them are one row, of nobody known */

/*
 * Who answers: a seat, or where no seat is named a process; a row without
 * either is of those who do not say.
 */
struct load_row {
	long		seat, pid;	/* pid: the last that answered */
	uint64_t	over;		/* slower than over_ns */
	uint64_t	held;		/* of its connections, kept open */
	struct load_histogram latency;
};

struct load_tally {
	uint64_t	over_ns;	/* 0: none is too slow */
	uint64_t	outcomes[LOAD_OUTCOMES];
	uint64_t	waited;		/* found no free connection when due */
	uint64_t	unfinished;	/* under way when it was interrupted */
	uint64_t	last_sent_ns;
	struct load_histogram latency;	/* due to answer, LOAD_OK only */
	struct load_histogram late;	/* of the generator, at each due time */
	struct load_histogram to_accept, to_pick, from_accept;
	uint64_t	over, over_held;
	struct load_histogram not_held;	/* latency of all but over_held */
	struct load_row	*rows[LOAD_ROWS_MAX];
	size_t		nrows;
};

struct load_row *load_tally_row(struct load_tally *,
    const struct load_answer *);
	/* Whose answer it is. It lives as long as the tally. */
void load_tally_add(struct load_tally *, const struct load_conn *,
    enum load_outcome);
	/* A request is over; c->row is who answered, for LOAD_OK. */
void load_tally_sort(struct load_tally *);
	/* Rows by seat, then by pid. */
uint64_t load_tally_sent(const struct load_tally *);
	/* All outcomes. */

#endif
