/* SPDX-License-Identifier: BSD-2-Clause */
/* A real SIGKILL at any instruction of a function. */
#ifndef T_STEP_H
#define T_STEP_H

#include <stdint.h>

int step_kill(void (*op)(void *arg), void *arg, unsigned int instructions);
	/*
	 * Run `op` in a forked process and kill it after so many instructions.
	 * 1		killed inside of it
	 * 0		it was through before
	 * -EPERM	processes cannot be traced here
	 */

struct step_op {		/* a write that a kill must not tear */
	const char	*name;
	void		(*set)(uint64_t value);	/* what it will write */
	void		(*write)(void *arg);
	int		(*read)(uint64_t *ret_value);	/* -1: torn, blocked */
};

void step_test(const struct step_op *);
	/*
	 * Kill it at each instruction (with a sanitizer at some); every time a
	 * reader must find the old value or the new one, and a successor's
	 * write must be read.
	 */

#endif
