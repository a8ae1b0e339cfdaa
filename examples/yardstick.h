/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What contrast.c measures with: processor time of what is told and learned,
 * the age of what somebody knows, and a witness who knows the truth. It knows
 * no cadre, and looks as plan.h says.
 */
#ifndef EXAMPLES_YARDSTICK_H
#define EXAMPLES_YARDSTICK_H

#include <stdbool.h>
#include <stdint.h>

#define MS	UINT64_C(1000000)	/* in ns */
#define SECOND	(1000 * MS)
#define SEATS	4096

uint64_t now_ns(void);

/* In memory that only this measurement shares with all processes. */
struct witness {
	uint64_t	counted;	/* by worker 0, when it was killed */
	uint64_t	since_ns;	/* when it misbehaved; 0: not yet */
};
extern struct witness *witness;
bool witness_make(void);
	/* False: no memory, and it was said. */

void effort_begin(void);
void effort_end(void);
	/*
	 * Processor time of this thread in between is summed up. A begin
	 * without an end is forgotten. getppid() and getuid() stand at the two
	 * for who traces us: between them is what we ask of the kernel.
	 */
uint64_t effort_ns(void);
	/* The sum, without what the measuring took. */

void learn(unsigned int seat, uint64_t stamp_ns, uint64_t requests);
	/* Of a worker we know now this, which was true then; 0: no more. */
bool readable_before_look(int fd);
	/*
	 * Wait for it; false: a look is due first, as each 5 to 15 ms, by lot:
	 * so that looks stand in no relation to what is told.
	 */
void look(bool stuck);
	/*
	 * Note how old is what we know of each, and whether worker 0 is seen to
	 * be stuck. If the event is slow, one of the looks takes its time.
	 */
uint64_t silence_ns(unsigned int seat);
	/* Since what we know of it; 0: we know nothing. */

struct result {			/* of a worker, or of all */
	uint64_t	updates;
	uint64_t	refused;	/* its queue was full */
	uint64_t	facts;		/* that the master counted */
	uint64_t	cpu_ns;
};
void result_add(struct result *, const struct result *);
void report(const struct result *tellers, bool knows);
	/*
	 * A line of names and numbers of those who told, unless NULL; and one of
	 * what we know, if we are who knows.
	 */

#endif
