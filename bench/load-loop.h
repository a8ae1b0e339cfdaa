/* SPDX-License-Identifier: BSD-2-Clause */
/* The one wait of the generator: connections, a clock, a wish to stop. */
#ifndef BENCH_LOAD_LOOP_H
#define BENCH_LOAD_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct load_loop {
	int		epfd;		/* data.ptr: struct load_conn */
	int		timerfd, signalfd;
	uint64_t	armed_ns;
	bool		interrupted;	/* INT or TERM came */
};

int load_loop_begin(struct load_loop *);
	/* 0 or -errno. INT and TERM are blocked from then on. */
void load_loop_turn(struct load_loop *, uint64_t until_ns);
	/*
	 * Wait for events, not beyond that time of CLOCK_MONOTONIC, and let
	 * connections handle a bounded number of them.
	 */

#endif
