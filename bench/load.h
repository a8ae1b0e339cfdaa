/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole of a run of cadre-load, and how it is told. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "bench/load-conn.h"
#include "bench/load-loop.h"
#include "bench/load-options.h"
#include "bench/load-tally.h"

#define LOAD_ASIDES	2

struct load_aside {		/* connections that are there and do nothing */
	const char	*name;
	double		asked;
	size_t		bytes;		/* of a request, that each sent */
	uint64_t	open, lost;	/* lost: the server closed them */
	struct load_conn *conns;
};

struct load {
	struct load_options options;
	struct load_loop loop;
	struct load_conns conns;
	struct load_tally tally;
	struct load_aside asides[LOAD_ASIDES];
	struct load_conn *pool;
	struct load_conn_list free, held;
	uint64_t	opening;	/* without a request, under way */
	uint64_t	measure_ns;	/* what is due before is not counted */
	double		span_s;		/* in which requests were sent */
	uint64_t	nheld, held_lost;
	bool		local;		/* an error of our own */
	struct load_row	**sequence;	/* who answered the i-th; NULL: none */
	uint64_t	nsequence;
};

void load_run_begin(struct load *);
	/* The lists, and what connections call. */
void load_run_open(struct load *, struct load_conn *, size_t n, size_t bytes);
	/*
	 * Open these, which send so much of a request, a few at a time, until
	 * each is open or has failed.
	 */
void load_run(struct load *);
	/* What the options say, to its end or to an interruption. */

void load_report_text(const struct load *);	/* to stdout */
int load_report_json(const struct load *);
	/* 0, or -ENOMEM. */

#endif
