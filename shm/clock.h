/* SPDX-License-Identifier: BSD-2-Clause */
/* The one clock of the region. Nothing here looks at the time of day but events. */
#ifndef SHM_CLOCK_H
#define SHM_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_US	UINT64_C(1000)
#define NS_PER_MS	UINT64_C(1000000)
#define NS_PER_S	UINT64_C(1000000000)

static inline uint64_t
clock_read(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static inline uint64_t
clock_now_ns(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

/* What is left of a timeout (negative: none) after so long, or a bit more. */
static inline int
clock_left_ms(int timeout_ms, uint64_t spent_ns)
{
	uint64_t spent_ms = spent_ns / NS_PER_MS;

	if (timeout_ms < 0)
		return timeout_ms;
	return (uint64_t)timeout_ms > spent_ms ? timeout_ms - (int)spent_ms : 0;
}

#endif
