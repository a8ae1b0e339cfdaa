/* t/96-message-flood: of 1,000,000 messages to who is stopped the loop's timers are less than 1 ms late */
/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "shm/clock.h"
#include "t/lib/flood.h"
#include "t/lib/tap.h"

#define SENDS	1000000
#define RUNS	5

static int
by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void
in_time(uint64_t p99_ns[RUNS], const char *what)
{
	qsort(p99_ns, RUNS, sizeof(*p99_ns), by_size);
	ok(p99_ns[RUNS / 2] < NS_PER_MS, "%s: p99 of the loop's delay %llu us, "
	    "median of %d", what, (unsigned long long)p99_ns[RUNS / 2] / 1000,
	    RUNS);
}

int
main(void)
{
	uint64_t newest[RUNS], oldest[RUNS], relayed[RUNS];

	measures("time");
	for (int i = 0; i < RUNS; i++) {
		newest[i] = flood_stopped_worker(SENDS, 64, CADRE_DROP_NEWEST);
		oldest[i] = flood_stopped_worker(SENDS, 64, CADRE_DROP_OLDEST);
		relayed[i] = flood_relayed(SENDS, 64);
	}
	in_time(newest, "the newest dropped");
	in_time(oldest, "the oldest dropped");
	in_time(relayed, "from another worker");
	flood_stopped_master(SENDS, 64);
	return done_testing();
}
