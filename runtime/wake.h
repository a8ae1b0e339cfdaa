/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What wakes who subscribes and sleeps: a socketpair for each seat, made by
 * the master. One end, the cord, is open in all workers, who pull it; the
 * other, the bell, in those of the seat, who poll it for edges. Calls on both
 * are non-blocking each by itself, so nobody who shares an end can make
 * another wait. (An eventfd has no such call: its O_NONBLOCK belongs to all.)
 *
 * Two workers of a seat, and above WAKES_MAX seats several seats, poll one
 * bell, so a byte always stays in it: who took the last would put the others
 * to sleep. What is left to who means harm is to shut the cord; then the bell
 * hangs up, and who polled it looks every WAKE_LOOK_MS instead.
 */
#ifndef RUNTIME_WAKE_H
#define RUNTIME_WAKE_H

#include <stdbool.h>

#define WAKE_LOOK_MS	10

struct wake {
	int		cord, bell;
};

int	wake_open(struct wake *);
	/* 0 or -errno. */
void	wake_close(struct wake *);
bool	wake_pull(int cord);
	/*
	 * Make the bell readable, an edge. One send(2), never blocks. Full is as
	 * good: its workers have an edge before them, and make room. False: the
	 * cord is shut, or the kernel is out of memory.
	 */
void	wake_empty(int bell, int cord);
	/* After an edge: make room, if it may be needed. Never blocks. */
int	wake_clock(void);
	/*
	 * In place of a bell that hangs up: a timer of its own. A descriptor or
	 * -errno.
	 */
void	wake_clock_read(int clock);
	/* Or it would not go on. */

#endif
