/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One look at a whole app. Taking it is loads from the region and a read in
 * /proc per worker; rates need two, and stay unknown with one.
 */
#ifndef TOOLS_SAMPLE_H
#define TOOLS_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include <cadre/region.h>

#include "tools/proc.h"

struct sample_seat {
	struct cadre_seat_view view;
	bool		known;		/* its row could be read */
	bool		lives;		/* newest is a worker that runs */
	bool		has_proc;	/* proc is that process */
	struct proc	proc;
	bool		speaks;		/* newest writes its slot: all figures
					   but those of /proc come from there */
	uint64_t	open;		/* connections, of all its workers */
	const uint64_t	*values;	/* a word per metric, both slots */
};

struct sample {
	uint64_t	now_ns;		/* CLOCK_MONOTONIC */
	struct cadre_app app;
	unsigned int	seats;		/* app.max_workers */
	unsigned int	metrics;
	bool		any_speaks;	/* the newest worker of some seat */
	bool		any_hands;	/* a listener is rr, least or sticky: the
					   acceptor chooses, by load */
	bool		any_queues;	/* … or spread: seats have queues */
	struct sample_seat *seat;
	uint64_t	*values;	/* seats * metrics */
	uint64_t	*totals;
};

int sample_take(const struct cadre_region *, struct sample *);
	/*
	 * Fill it; a zeroed one, or an old one, whose memory is used again.
	 * 0; -ENOMEM, then it is empty.
	 */
void sample_free(struct sample *);

bool sample_listed(const struct sample *, unsigned int seat);
	/* False: a seat that is not wanted and never had a worker. */
bool sample_speaks(const struct cadre_shm_life *);
	/* False: a program that does not use libcadre, or has not attached. */
bool sample_counts(const struct sample *, unsigned int metric);
	/* Its total is a figure that some worker gave. */
int sample_apart(const struct sample *, unsigned int *ret_uid);
	/*
	 * 1: all workers run under a uid that is not the master's, nor could
	 * be; one of them in *ret_uid. 0: one does not. -1: none can be seen.
	 */
bool sample_runs(uint32_t state);
	/* A state of a seat with a worker, if the master still knows. */
uint64_t sample_restarts(const struct sample *);
unsigned int sample_up(const struct sample *);
	/* Seats whose newest worker is up. */

uint64_t sample_age(const struct sample *, uint64_t since_ns);
	/* From then to now; 0: never, or it is to come. */
const char *sample_stall(const struct sample *, const struct sample_seat *,
    uint64_t *ret_for_ns);
	/* Its worker is stalled: the cause, empty if it is not known. NULL: no. */
bool sample_full(const struct sample_seat *);
	/* Its worker is at its limit of connections. */
uint64_t sample_queue(const struct sample_seat *);
	/* Waiting for its worker: on its sockets, and handed over to it. */
uint64_t sample_shed(const struct sample *, const struct cadre_region *);
	/* Turned away at a limit, by workers and acceptor. */
uint64_t sample_refused(const struct sample *, const struct cadre_region *);
	/* Closed for what their peers sent, or did not. */

/* Rates between two samples; before may be NULL. False: not known. */
bool sample_rate(const struct sample *before, const struct sample *now,
    int seat, int metric, double *ret_per_s);
	/* Growth of a counter; seat -1: the total. metric < 0: not known. */
bool sample_busy(const struct sample *before, const struct sample *now,
    int seat, int metric_busy_ns, double *ret_part);
	/* Part of the time spent in turns, the one under way included. */
bool sample_cpu(const struct sample *before, const struct sample *now,
    int seat, double *ret_part);
	/* Processors used by the newest worker, the same in both samples. */

#endif
