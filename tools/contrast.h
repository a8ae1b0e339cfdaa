/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What cadre contrast measures: runs of the contrast program, each of which
 * tells the same facts in one way; and its faces: tables, JSON, plots. Every
 * figure is one that a run printed, or that was counted of it.
 */
#ifndef TOOLS_CONTRAST_H
#define TOOLS_CONTRAST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "tools/calls.h"
#include "tools/verb.h"

enum part {
	PART_COST,		/* nothing else to do, nobody in the way */
	PART_CALLS,		/* system calls, by ptrace */
	PART_RATES,		/* updates a second */
	PART_WORKERS,		/* how many there are */
	PART_EVENTS,		/* a loop, a kill, a slow master */
	PARTS
};

enum way {			/* as examples/contrast.c says */
	WAY_COUNTER, WAY_FACT, WAY_REGION, WAY_CHANGE, WAY_INTERVAL, WAY_NODE,
	WAYS
};

enum figure {			/* that a run prints, in its own words */
	TELLS_UPDATES, TELLS_REFUSED, TELLS_CPU_NS, KNOWS_LOOKS, KNOWS_SEEN,
	KNOWS_CPU_NS, KNOWS_AGE_P50_NS, KNOWS_AGE_P99_NS, KNOWS_NOTICED_P50_NS,
	KNOWS_NOTICED_P99_NS, KNOWS_OLDEST_NS, KNOWS_STUCK_NS,
	KNOWS_BACK_AGE_NS, KNOWS_FRESH_NS, KNOWS_KNOWN, KNOWS_COUNTED,
	TRUTH_COUNTED, FIGURES
};

struct run {
	enum part	part;
	enum way	way;
	unsigned int	workers;
	uint64_t	updates;	/* of each worker */
	uint64_t	rate;		/* of each, a second; 0: without a pause */
	const char	*event;		/* NULL: none */
	bool		done;		/* the rest is there */
	uint64_t	figure[FIGURES];
	bool		counted;	/* its calls were */
	struct calls	tells, knows;
};

#define RUNS_MAX	192

struct contrast {
	const struct verb *verb;
	bool		quick;
	double		seconds;	/* of a run at a rate */
	uint64_t	event_ms;
	unsigned int	workers[8], sizes; /* numbers of workers */
	char		program[4096];	/* examples/contrast */
	char		script[4096];	/* what node runs; "": not there */
	const char	*no_node;	/* why; NULL: it is there */
	char		node[64];	/* its version */
	char		kernel[65];
	long		processors;
	double		load;		/* before the first run */
	const char	*no_calls;	/* why they could not be counted */
	struct run	run[RUNS_MAX];
	unsigned int	runs;
};

const char *contrast_way(enum way);
	/* As contrast.c calls it; Node's is node. */
const char *contrast_part(enum part);

void contrast_plan(struct contrast *);
	/* Fill in the runs, in order of their parts. */
void contrast_catch(void);
	/* From now on INT and TERM end the run, and with it contrast_run(). */
int contrast_run(struct contrast *, struct run *);
	/* 0, or an exit code, and the reason is said. */
void contrast_node(struct contrast *);
	/* Is it there, and which is it? */

double contrast_tell_ns(const struct run *);
double contrast_know_ns(const struct run *);
	/* Processor time for each update, of those who tell, of who knows. */
double contrast_both_ns(const struct run *);
const struct run *contrast_median(const struct contrast *, enum part,
    enum way);
	/* Of those that were done, by the cost of both sides; NULL: none. */
double contrast_ratio(const struct contrast *, enum way dear, enum way cheap);
	/* Of what both sides pay, by the medians; 0: one of them is missing. */

void contrast_table(const struct contrast *, enum part, FILE *);
void contrast_words(FILE *);
	/* What messages do better, and when to use which. */
json_t *contrast_json(const struct contrast *);
	/* NULL: no memory. */
int contrast_svg(const struct contrast *, FILE *);
	/* In the place of what is in that file. 0 or -errno. */

#endif
