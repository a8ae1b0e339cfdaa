/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An app with a hostile worker on seat 0, in cycles of start, restarts, stop,
 * forked workers and programs by turns. What the master tells stands in memory
 * that the test shares.
 */
#ifndef T_SIEGE_H
#define T_SIEGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <sys/types.h>

#define SIEGE_SEATS		4	/* seat 0 is the hostile one */
#define SIEGE_CYCLE_S		6
#define SIEGE_RESTART_MS	1500
#define SIEGE_BUCKETS		20000
#define SIEGE_BUCKET_US		10

struct siege {
	_Atomic unsigned int cycle;	/* of the app that runs now; 0: none */
	_Atomic unsigned int port;
	atomic_bool	over;		/* the test: end with this cycle */
	_Atomic unsigned int programs;	/* cycles that had them */
	_Atomic unsigned int restarts, restarted;
	_Atomic unsigned int spawned, bad_frames, late;	/* events */
	_Atomic uint64_t turns;		/* of its loop */
	_Atomic uint64_t longest_us, longest_cpu_us;
	_Atomic uint64_t took[SIEGE_BUCKETS];	/* turns, by their time */
};

struct siege *siege_begin(void);
pid_t	siege_master(struct siege *);
	/* Its status: 0, if each start and each end was a good one. */
bool	siege_said_nothing(void);
	/* On standard error, where a sanitizer's last words would stand. */
int	siege_program(void);
	/* What main() returns in a program of that app, or -1: it is none. */
uint64_t siege_percentile_us(const struct siege *, double part);

#endif
