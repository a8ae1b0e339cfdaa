/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker that asks its master, one request after another, and counts how
 * often both have slept meanwhile.
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
double	trips_sleeps(struct app *);
	/*
	 * How often master and worker together have slept for each so far,
	 * some hundred at least; negative: these did not come.
	 */
bool	trips_awake(struct app *);
	/*
	 * Until they have had some in a row for which they hardly slept. One
	 * that does not look sleeps at each; one that does sleeps only where
	 * other work takes the processor of either for longer than it looks.
	 */
bool	trips_possible(void);
	/* There are two processors: else who is asked waits for who looks. */
void	trips_apart(pid_t, pid_t);
	/*
	 * Each on one of them, which trips_awake() does: where all are busy the
	 * kernel may leave both on one for long.
	 */

#endif
