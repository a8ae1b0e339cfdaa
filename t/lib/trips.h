/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker that asks its master, one request after another. It counts as
 * `looks` how often it has looked for events without waiting for them, and as
 * `master_looks` how often its master has, if looks.c is linked.
 */
#ifndef T_TRIPS_H
#define T_TRIPS_H

#include "t/lib/app.h"

struct trips {
	int		busy_us;	/* CADRE_BUSY_POLL_US */
	uint64_t	most;		/* so often; 0: without end */
};

int	trips(struct cadre_worker *, void *trips);
	/* The worker. */
int	trips_declare(struct cadre_worker *);
	/* Its counters, of one that has attached. 0 or -errno. */
struct app *trips_start(const struct trips *);
	/* An app of one such worker, without a listener. Bails out. */
bool	trips_go_on(struct app *);
	/* Until some hundred more are answered. */
extern uint64_t trips_looks, trips_bursts;
	/* Of this process, and how many in a row; looks.c adds to them. */
bool	trips_possible(void);
	/* There are two processors: else who is asked waits for who looks. */
void	trips_apart(pid_t, pid_t);
	/*
	 * Each on one of them: where all are busy the kernel may leave both on
	 * one for long.
	 */

#endif
