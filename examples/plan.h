/* SPDX-License-Identifier: BSD-2-Clause */
/* What contrast.c is told to do, and when each of its updates is due. */
#ifndef EXAMPLES_PLAN_H
#define EXAMPLES_PLAN_H

#include <stdbool.h>
#include <stdint.h>

enum way { CHANGE, INTERVALS, REGION, FACT, COUNTER };
enum event { NONE, LOOP, KILL, SLOW };
struct plan {
	enum way	way;		/* contrast.c says which is what */
	enum event	event;		/* -e: when half is told, … */
	uint64_t	event_ms;	/* -d: … for so long: loop, worker 0 is
					   busy and silent; slow, who looks is
					   elsewhere; kill, worker 0 is killed
					   right after a burst of changes */
	uint64_t	workers;	/* -i */
	uint64_t	updates;	/* -n: of each worker */
	uint64_t	rate;		/* -r: each makes a second; 0: as many as
					   it can */
};
extern struct plan plan;

bool plan_read(int argc, char **argv);
	/* False: that is no plan, and it was said. */
bool plan_observed(void);
	/* It is the observer who knows, and not the master. */
uint64_t plan_due(uint64_t start_ns);
	/* Which update is due by now, of those since then. */
int plan_wait_ms(uint64_t start_ns, uint64_t told);
	/* Until the next is. */

#endif
