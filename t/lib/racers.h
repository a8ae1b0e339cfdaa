/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A master, its workers and its acceptor as threads of one process, each
 * writing what it alone may write, as fast as it can. All use one address for
 * each object, so that ThreadSanitizer sees both sides of every access.
 *
 * What is there to be read: in an event, mono_ns is pid, and every byte of the
 * text pid % 127. In a life, generation is pid is start. In a status and a
 * health record, as many are accepted as requests, and none is open; each turn
 * counts one job and one request. A gauge "depth" is 0 or 7.
 */
#ifndef T_RACERS_H
#define T_RACERS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "t/lib/sample.h"

enum { RACERS = 4, RACERS_TURNS = 1000 };	/* slots 0 … 3; of each life */

void	racers_start(struct sample *);
bool	racers_run(void);
	/* They have not done all their lives yet. */
void	racers_open(struct cadre_region **ret_region);
	/* A handle on their region, for one thread. */
struct cadre_shm_metric racers_row(unsigned int i);
	/* The i-th row, from 1, that the master adds to a sample's schema. */
uint64_t racers_end(void);
	/* Wait for them. How many jobs are not as many as were counted: 0. */

#endif
