/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writers that are stepped through one instruction at a time. Between two
 * instructions (at a boundary) the memory is looked at as a reader finds it,
 * and a SIGKILL leaves it so for the next writer.
 */
#ifndef T_STEP_H
#define T_STEP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "t/lib/sample.h"

bool step_all(void);
	/*
	 * STEP_ALL is in the environment: the long form, with a kill at every
	 * boundary and payloads as large as they can be.
	 */

void step_start(pid_t *ret_pid, void (*op)(void));
	/*
	 * Run `op` in a forked process up to its first boundary, before any
	 * instruction of it. Skips the test where no process can be traced.
	 */
bool step_next(pid_t);
	/* One instruction, or call of the vDSO, on; false: through `op`. */
bool step_call(pid_t);
	/*
	 * Many instructions on at full speed: to the end of its next system
	 * call. False: that was none of `op`, which it is through.
	 */
uint64_t step_at(pid_t);
	/* The address of its next instruction. */
void step_kill(pid_t);
	/* A real SIGKILL, and reap it. */

/*
 * A write that counts from n to n + 1. All of it is done in processes of
 * their own: what they keep in private memory dies with them.
 */
struct step_op {
	const char	*name;
	void	(*begin)(void);	/* a successor takes over; NULL: it need not */
	void	(*set)(uint64_t n);	/* what will be written; may be NULL */
	void	(*write)(void);
	int	(*read)(const struct cadre_region *, uint64_t *ret_n);
			/* -EAGAIN: blocked; else negative: torn */
};

void step_test(struct sample *, const struct step_op *);
	/*
	 * Step through it once. After each instruction a reader that has just
	 * opened the region must find n or n + 1, and never n after n + 1.
	 * Then kill it: before its first instruction and after each one that
	 * changed a byte of the region (with STEP_ALL at every boundary). A
	 * fresh reader must find the very bytes and figures that were seen
	 * there, and then the write of a successor that begins with them.
	 */

#endif
