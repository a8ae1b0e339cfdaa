/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of two seats whose workers answer as app_answer() gets how many. */
#ifndef T_ASKED_H
#define T_ASKED_H

#include "t/lib/app.h"

unsigned int asked(const struct app *, unsigned int n,
    unsigned int *ret_first);
	/* How many of n are answered, and how many of these by seat 0. */
bool	asked_first(struct app *, unsigned int n, unsigned int *ret_first);
	/*
	 * Ask n again until seat 0 answers some: a seat is up before the
	 * acceptor has its route. False: one of n was not answered.
	 */

#endif
