/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What wakes who subscribes and sleeps: bells, made by the master and open in
 * all workers, one for each seat and one for all. A bell is a socket that is
 * shut in both directions for good. Who wants to be woken polls it for edges;
 * to ring it is to shut it once more. unix_shutdown() of Linux wakes who polls
 * each time, and what is shut stays readable, so the edge is told to each.
 *
 * Nothing stands in it that could be taken before others have seen it, or fill
 * it up; no call on it blocks or fails, whatever those who share it have set.
 * (An eventfd, and bytes in a pair of sockets, were tried before: the one can
 * be made to block, the other can be emptied and shut by any who holds it.)
 */
#ifndef RUNTIME_WAKE_H
#define RUNTIME_WAKE_H

#include <stdbool.h>

#define WAKE_LOOK_MS	10	/* who cannot be woken looks so often */

/* Of all; then those of seats, which share them above WAKES_MAX - 1. */
#define WAKE_ALL	0

static inline unsigned int
wake_of(unsigned int seat, unsigned int nbells)
{
	return 1 + seat % (nbells - 1);
}

int	wake_open(void);
	/* A descriptor, or -errno. */
bool	wake_works(void);
	/*
	 * Does this kernel do so? Tried on a bell of its own, which takes three
	 * descriptors meanwhile. False also if it could not be tried.
	 */
void	wake_ring(int bell);
	/* One shutdown(2). Never blocks, cannot fail. */
int	wake_clock(void);
	/* Where that does not work: a timer in its place. -errno. */
void	wake_clock_read(int clock);
	/* Or it would not go on. */

#endif
