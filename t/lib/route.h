/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ways to the boundaries of a long operation. To step takes microseconds for
 * each instruction; so one goes at full speed to the end of a system call and
 * steps from there.
 */
#ifndef T_ROUTE_H
#define T_ROUTE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct route {			/* to a boundary */
	unsigned int	calls;	/* so many system calls, */
	unsigned int	steps;	/* then so many instructions; */
	uint64_t	at;	/* the next one's address */
	bool		changed; /* said the watcher there */
};

unsigned int route_find(void (*op)(void), bool (*changed)(pid_t),
    struct route **ret_routes);
	/*
	 * Step through `op` and ask the watcher at every boundary. How many
	 * there are; free() their routes.
	 */
bool route_take(const struct route *, void (*op)(void), pid_t *ret_pid);
	/*
	 * Run `op` up to that boundary. False: to another close by, since
	 * what it reads, as texts in /proc, is never twice of one length.
	 */

#endif
