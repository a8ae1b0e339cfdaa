/* SPDX-License-Identifier: BSD-2-Clause */
/* What bench/messages.c stands beside: the bare system calls. */
#ifndef BENCH_MESSAGES_H
#define BENCH_MESSAGES_H

#include <stdbool.h>

#define MESSAGE_BYTES	64
#define FAN_OUT_MAX	16
#define SETTLE_US	500	/* then those who got something sleep again */

struct figures {
	double		cpu_ns;		/* of both ends */
	double		wall_ns;
	double		publish_ns, sends_ns; /* of the publisher, CPU */
	double		woken;
};

double thread_ns(void);
	/* Processor time of this thread so far. */
struct figures bare_oneway(unsigned int n, bool epoll);
	/*
	 * From one process to another, which is blocked in recv when there is
	 * none; or waits in epoll, as what has a loop does, then receives.
	 */
struct figures bare_trip(unsigned int n, bool epoll);
	/* There and back, likewise. */
struct figures bare_fan_out(unsigned int n, unsigned int receivers,
    bool asleep);
	/*
	 * One to each of FAN_OUT_MAX at most: who are asleep, each a process of
	 * its own, or need not be woken. sends_ns alone is set.
	 */

#endif
