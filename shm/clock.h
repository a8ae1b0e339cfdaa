/* SPDX-License-Identifier: BSD-2-Clause */
/* The one clock of the region. Nothing here looks at the time of day but events. */
#ifndef SHM_CLOCK_H
#define SHM_CLOCK_H

#include <stdint.h>
#include <time.h>

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

#endif
