/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that fail: of each function that the libraries need something from,
 * the first call fails, then the second … until an operation gets through.
 * A program that links this has its calls wrapped by the linker, see nth_calls
 * in check.mk; those that libc makes itself are not.
 */
#ifndef T_NTH_H
#define T_NTH_H

#include <stdbool.h>

struct nth_op {
	int	(*run)(void *arg);	/* ≥ 0, and undo() is to come; -errno */
	void	(*undo)(void *arg);
	void	*arg;
	const char *const *swallows;	/* calls it can do without, "*": all; NULL at the end */
	const int *also;	/* what it may give but the call's own -errno; 0
				   at the end */
};

void nth_arm(const char *call, unsigned int n, int err);
	/*
	 * The n-th call of that function from now on fails with err, in this
	 * process; n = 0: none.
	 */
void nth_arm_children(const char *call, unsigned int n, int err);
	/* The n-th in the children of this process, counted over them all. */
void nth_disarm(void);
	/* None from now on. */
bool nth_fired(void);
	/* It has, here or in a child; and no other will. */
unsigned int nth_walk(const struct nth_op *, const char *call, int err);
	/*
	 * Let the first, second … call fail until none did, and say in one
	 * result: each failure came back as it should, and left no descriptor, map,
	 * byte of the heap or child behind; in the end it succeeded. How many
	 * calls failed; none at all, and there is no result.
	 */
unsigned int nth_walk_all(const struct nth_op *);
	/* The same of every function in turn, with an error it is known for. */

#endif
