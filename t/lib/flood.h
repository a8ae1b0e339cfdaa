/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * More messages than anybody takes: what they cost who sends them, and who
 * has nothing to do with it. Each call says in results that memory stays
 * within the queue's bounds, that what was taken comes whole, in order and is
 * counted to the last, and that others are answered meanwhile.
 */
#ifndef T_FLOOD_H
#define T_FLOOD_H

#include <stddef.h>
#include <stdint.h>

#include <cadre/cadre.h>

uint64_t flood_stopped_worker(unsigned int sends, size_t bytes,
    enum cadre_drop policy);
	/*
	 * The master sends to a worker that is stopped. The 99th percentile of
	 * how late a timer of the loop was that it is embedded in, ns.
	 */
uint64_t flood_relayed(unsigned int sends, size_t bytes);
	/* A worker sends to another that is stopped. The same. */
void	flood_stopped_master(unsigned int sends, size_t bytes);
	/* A worker sends to a master that is stopped. In flood-master.c. */

/* What both files share. */
bool	flood_stop(pid_t child);
	/* Until it stands. */
void	flood_memory(const char *whose, long kib);
	/* A result: it did not grow by more than a full queue. */

#endif
