/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Births that fail: in a master of the test's own, one call after another
 * fails in its worker, between the fork and what the worker is.
 */
#ifndef T_BIRTH_H
#define T_BIRTH_H

struct cadre_master;

struct birth_call {
	const char	*call;		/* NULL at the end */
	unsigned int	n;		/* so many of them it cannot do without */
};

void birth_walk(void (*config)(struct cadre_master *),
    const struct birth_call *);
	/*
	 * A result for each: a worker in which it failed ended with EXIT_SETUP,
	 * and the next one got up. `config` says what workers are.
	 */

#endif
